#include "trainer/checkpoint/tensor_file.h"

#include <ATen/ops/empty.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cstring>
#include <memory>

#include "data/errors.h"
#include "data/store/atomic_file.h"
#include "data/store/printable.h"
#include "trainer/checkpoint/tensor_header.h"

namespace convoy {
namespace {

constexpr std::uint64_t kMostHeaderBytes = 100u << 20;
constexpr std::string_view kChecksumKey = "\"convoy.checksum\":\"";

std::string_view bytes_of(const at::Tensor& tensor) {
  return {static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()};
}

/// The hash of the pieces, as 16 digits.
std::string checksum(const std::vector<std::string_view>& pieces) {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(
      XXH3_createState(), XXH3_freeState);
  XXH3_64bits_reset(state.get());
  for (const std::string_view piece : pieces) {
    XXH3_64bits_update(state.get(), piece.data(), piece.size());
  }
  return fmt::format("{:016x}", XXH3_64bits_digest(state.get()));
}

std::string length_prefix(std::uint64_t length) {
  std::string bytes(8, '\0');
  for (int i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(length >> (8 * i));
  }
  return bytes;
}

/// A file mapped for reading.
class Mapping {
 public:
  explicit Mapping(const std::filesystem::path& path) {
    // Without waiting for the writer of a pipe.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat facts {};
    if (fd < 0 || ::fstat(fd, &facts) != 0) {
      const int error = errno;
      if (fd >= 0) {
        ::close(fd);
      }
      throw MissingInput(fmt::format(
          "can't open {}: {}",
          std::filesystem::absolute(path).string(),
          std::strerror(error)));
    }
    if (!S_ISREG(facts.st_mode)) {
      ::close(fd);
      throw MissingInput(fmt::format(
          "{} is no file; want one that ends in .safetensors",
          std::filesystem::absolute(path).string()));
    }
    size_ = static_cast<std::size_t>(facts.st_size);
    if (size_ > 0) {
      data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    const int error = errno;
    ::close(fd);
    if (data_ == MAP_FAILED) {
      throw MissingInput(fmt::format(
          "can't read {}: {}",
          std::filesystem::absolute(path).string(),
          std::strerror(error)));
    }
  }
  ~Mapping() {
    if (data_ != nullptr && data_ != MAP_FAILED) {
      ::munmap(data_, size_);
    }
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  std::string_view bytes() const {
    return {static_cast<const char*>(data_), size_};
  }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Splits a file into header and data, and checks its checksum.
class Layout {
 public:
  Layout(std::string_view file, std::string path) : path_(std::move(path)) {
    if (file.size() < 8) {
      fail(fmt::format("{} bytes are too few", file.size()));
    }
    std::uint64_t length = 0;
    for (int i = 7; i >= 0; --i) {
      length = length << 8 | static_cast<unsigned char>(file[i]);
    }
    if (length > kMostHeaderBytes || length > file.size() - 8) {
      fail(fmt::format(
          "it does not begin as a safetensors file does (its header would have "
          "{} bytes, and the file has {}): it is another kind of file, cut "
          "short or altered",
          length,
          file.size()));
    }
    header_ = file.substr(8, length);
    data_ = file.substr(8 + length);
    verify(file);
  }

  std::string_view header() const { return header_; }
  std::string_view data() const { return data_; }

  [[noreturn]] void fail(const std::string& what) const {
    throw BadData(fmt::format("{} is not usable: {}", path_, what));
  }

 private:
  void verify(std::string_view file) const {
    const std::size_t key = header_.find(kChecksumKey);
    if (key == std::string_view::npos ||
        key + kChecksumKey.size() + 16 > header_.size()) {
      fail(
          "it carries no checksum of convoy's: was it written by another "
          "program, or altered?");
    }
    const std::size_t at = 8 + key + kChecksumKey.size();
    const std::string_view stored = file.substr(at, 16);
    const std::string computed =
        checksum({file.substr(0, at), kNoChecksum, file.substr(at + 16)});
    if (stored != computed) {
      fail(fmt::format(
          "its checksum is {}, its content's {}: it is damaged or cut short",
          stored,
          computed));
    }
  }

  std::string path_;
  std::string_view header_;
  std::string_view data_;
};

at::Tensor read_tensor(const TensorPlace& place, std::string_view data) {
  at::Tensor tensor = at::empty(place.shape, place.type);
  std::memcpy(
      tensor.mutable_data_ptr(),
      data.data() + place.begin,
      place.end - place.begin);
  return tensor;
}

}  // namespace

void write_tensor_file(
    const std::filesystem::path& path, const TensorFile& file) {
  std::vector<at::Tensor> plain;
  for (const NamedTensor& entry : file.tensors) {
    plain.push_back(entry.tensor.detach().to(at::kCPU).contiguous());
  }
  std::string header = make_tensor_header(file, plain);
  const std::string prefix = length_prefix(header.size());
  std::vector<std::string_view> pieces{prefix, header};
  for (const at::Tensor& tensor : plain) {
    pieces.push_back(bytes_of(tensor));
  }
  header.replace(
      header.find(kChecksumKey) + kChecksumKey.size(), 16, checksum(pieces));
  pieces[1] = header;
  write_atomically(path, pieces);
}

TensorFile read_tensor_file(const std::filesystem::path& path) {
  const Mapping mapping(path);
  const Layout layout(
      mapping.bytes(), std::filesystem::absolute(path).string());
  TensorFile file;
  try {
    TensorHeader header =
        read_tensor_header(layout.header(), layout.data().size());
    file.metadata = std::move(header.metadata);
    for (const TensorPlace& place : header.places) {
      file.tensors.push_back(
          {place.name, read_tensor(place, layout.data()), false});
    }
  } catch (const BadData& e) {
    layout.fail(printable(e.what()));  // names are foreign bytes
  }
  return file;
}

}  // namespace convoy
