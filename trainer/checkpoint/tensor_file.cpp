#include "trainer/checkpoint/tensor_file.h"

#include <ATen/ops/empty.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "data/errors.h"
#include "trainer/checkpoint/atomic_file.h"

namespace convoy {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMostHeaderBytes = 100u << 20;
constexpr std::string_view kChecksumKey = "\"convoy.checksum\":\"";
constexpr std::string_view kNoChecksum = "0000000000000000";

struct Dtype {
  const char* name;
  at::ScalarType type;
};
constexpr Dtype kDtypes[] = {
    {"F64", at::kDouble},
    {"F32", at::kFloat},
    {"F16", at::kHalf},
    {"BF16", at::kBFloat16},
    {"I64", at::kLong},
    {"I32", at::kInt},
    {"U8", at::kByte}};

const char* dtype_name(at::ScalarType type) {
  for (const Dtype& d : kDtypes) {
    if (d.type == type) {
      return d.name;
    }
  }
  throw std::logic_error("tensor file: a type that is not stored");
}

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

std::string make_header(
    const TensorFile& file, const std::vector<at::Tensor>& plain) {
  Json header;
  Json& metadata = header["__metadata__"];
  metadata["convoy.checksum"] = kNoChecksum;
  for (const auto& [key, value] : file.metadata) {
    metadata[key] = value;
  }
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const std::uint64_t end = offset + plain[i].nbytes();
    header[file.tensors[i].name] = {
        {"dtype", dtype_name(plain[i].scalar_type())},
        {"shape", plain[i].sizes().vec()},
        {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // data begins 8-byte aligned
  return text;
}

/// A file mapped for reading.
class Mapping {
 public:
  explicit Mapping(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
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
    size_ = static_cast<std::size_t>(facts.st_size);
    if (size_ > 0) {
      data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    ::close(fd);
    if (data_ == MAP_FAILED) {
      throw MissingInput(fmt::format(
          "can't read {}: {}", path.string(), std::strerror(errno)));
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
          "its header claims {} bytes of {}: it is cut short or altered",
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

at::Tensor read_tensor(const Json& entry, const Layout& layout) {
  const std::string dtype = entry.at("dtype");
  const auto known =
      std::find_if(std::begin(kDtypes), std::end(kDtypes), [&](const Dtype& d) {
        return dtype == d.name;
      });
  if (known == std::end(kDtypes)) {
    layout.fail("unknown type " + dtype);
  }
  std::int64_t elements = 1;
  const std::vector<std::int64_t> shape = entry.at("shape");
  for (const std::int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(elements, size, &elements)) {
      layout.fail("a tensor's shape is impossible");
    }
  }
  const std::uint64_t begin = entry.at("data_offsets").at(0);
  const std::uint64_t end = entry.at("data_offsets").at(1);
  const auto item = static_cast<std::uint64_t>(c10::elementSize(known->type));
  if (begin > end || end > layout.data().size() ||
      static_cast<std::uint64_t>(elements) != (end - begin) / item ||
      (end - begin) % item != 0) {
    layout.fail("a tensor's place does not fit its shape");
  }
  at::Tensor tensor = at::empty(shape, known->type);
  std::memcpy(
      tensor.mutable_data_ptr(), layout.data().data() + begin, end - begin);
  return tensor;
}

}  // namespace

void write_tensor_file(
    const std::filesystem::path& path, const TensorFile& file) {
  std::vector<at::Tensor> plain;
  for (const NamedTensor& entry : file.tensors) {
    plain.push_back(entry.tensor.detach().to(at::kCPU).contiguous());
  }
  std::string header = make_header(file, plain);
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
    const Json header = Json::parse(layout.header());
    for (const auto& [name, entry] : header.items()) {
      if (name == "__metadata__") {
        entry.get_to(file.metadata);
      } else {
        file.tensors.push_back({name, read_tensor(entry, layout), false});
      }
    }
  } catch (const nlohmann::json::exception& e) {
    layout.fail(std::string("its header is no valid JSON: ") + e.what());
  }
  return file;
}

}  // namespace convoy
