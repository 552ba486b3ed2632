#include "nets/weights/bytes.h"
#include "nets/weights/new_file.h"
#include "nets/weights/plain_tensors.h"
#include "nets/weights/tensor_names.h"
#include "nets/weights/tensor_view.h"
#include "nets/weights/weights.h"
#include "nets/weights/zip_writer.h"

namespace convoy {
namespace {

/// Writes the pickle (protocol 2) of an OrderedDict of tensors.
class StateDictPickle {
 public:
  std::string of(const std::vector<NamedTensor>& tensors) {
    code_ = "\x80\x02";
    empty_dict();
    code_ += '(';
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      text(tensors[i].name);
      tensor(tensors[i], std::to_string(i));
    }
    code_ += "u.";
    return code_;
  }

 private:
  /// _rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())
  void tensor(const NamedTensor& entry, const std::string& key) {
    const std::vector<std::int64_t> shape = entry.tensor.sizes().vec();
    global("torch._utils", "_rebuild_tensor_v2");
    code_ += "((";
    text("storage");
    global("torch", type_to_write(entry).storage);
    text(key);
    text("cpu");
    integer(entry.tensor.numel());
    code_ += "tQ";
    integer(0);
    integers(shape);
    integers(dense_strides(shape));
    code_ += '\x89';
    empty_dict();
    code_ += "tR";
  }

  void empty_dict() {
    global("collections", "OrderedDict");
    code_ += ")R";
  }

  void global(std::string_view module, std::string_view name) {
    code_.append("c").append(module).append("\n").append(name).append("\n");
  }

  void text(std::string_view value) {
    code_ += 'X';
    append_number(code_, static_cast<std::uint32_t>(value.size()));
    code_ += value;
  }

  void integer(std::int64_t value) {
    if (value >= 0 && value < 256) {
      code_ += 'K';
      append_number(code_, static_cast<std::uint8_t>(value));
    } else if (static_cast<std::int32_t>(value) == value) {
      code_ += 'J';
      append_number(code_, static_cast<std::int32_t>(value));
    } else {
      code_ += "\x8a\x08";
      append_number(code_, value);
    }
  }

  void integers(const std::vector<std::int64_t>& values) {
    code_ += '(';
    for (const std::int64_t value : values) {
      integer(value);
    }
    code_ += 't';
  }

  std::string code_;
};

}  // namespace

void write_pth(
    const std::filesystem::path& path,
    const std::vector<NamedTensor>& tensors) {
  check_tensor_names(tensors);
  const std::string pickle = StateDictPickle().of(tensors);
  NewFile file(path);
  ZipWriter zip(file, "archive");
  zip.add("data.pkl", pickle);
  zip.add("byteorder", "little");
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    zip.add(
        "data/" + std::to_string(i),
        bytes_of_plain(plain_tensor(tensors[i].tensor)));
  }
  zip.add("version", "3\n");
  zip.finish();
  file.finish();
}

}  // namespace convoy
