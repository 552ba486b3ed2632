#pragma once
// .caffemodel files that Python wrote, made once for all tests of a program.

#include <string>

#include "tests/nets/weights/torch_files.h"

namespace convoy::testing {

/// The folder of tests/nets/weights/make_caffemodels.py.
inline const TempDir& caffe_files() {
  static const TempDir folder;
  static const std::string made =
      run_python("nets/weights/make_caffemodels.py", {folder.path().string()});
  return folder;
}

inline std::string caffe_file(const std::string& name) {
  return caffe_files() / (name + ".caffemodel");
}

/// A field of a message that holds bytes: a text or another message.
inline std::string made_field(std::uint32_t number, std::string_view bytes) {
  std::string field;
  for (std::uint64_t rest : {std::uint64_t{number} << 3 | 2, bytes.size()}) {
    for (; rest > 0x7f; rest >>= 7) {
      field += static_cast<char>(rest | 0x80);
    }
    field += static_cast<char>(rest);
  }
  return field.append(bytes);
}

/// A convolution of that name with such blobs.
inline std::string made_caffe_layer(
    const std::string& name, const std::vector<std::string>& blobs) {
  std::string layer = made_field(1, name) + made_field(2, "Convolution");
  for (const std::string& blob : blobs) {
    layer += made_field(7, blob);
  }
  return made_field(100, layer);
}

}  // namespace convoy::testing
