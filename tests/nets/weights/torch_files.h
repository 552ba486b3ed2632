#pragma once
// Weight files that PyTorch wrote, made once for all tests of a program, and
// what must be found in them.

#include <ATen/core/Tensor.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cstring>
#include <sstream>
#include <string>
#include <vector>

#include "nets/weights/weights.h"
#include "tests/support/files.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace convoy::testing {

/// The folder of tests/nets/weights/make_weights.py.
inline const TempDir& torch_files() {
  static const TempDir folder;
  static const std::string made =
      run_python("nets/weights/make_weights.py", {folder.path().string()});
  return folder;
}

inline const char* torch_type_name(at::ScalarType type) {
  switch (type) {
    case at::kDouble:
      return "float64";
    case at::kFloat:
      return "float32";
    case at::kHalf:
      return "float16";
    case at::kBFloat16:
      return "bfloat16";
    case at::kLong:
      return "int64";
    case at::kInt:
      return "int32";
    case at::kShort:
      return "int16";
    case at::kChar:
      return "int8";
    case at::kByte:
      return "uint8";
    case at::kBool:
      return "bool";
    default:
      return "another";
  }
}

inline std::string tensor_bytes(const at::Tensor& tensor) {
  return {static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()};
}

/// Lines of names, types and shapes, as make_weights.py writes them.
inline std::string list_tensors(const std::vector<NamedTensor>& tensors) {
  std::string text;
  for (const NamedTensor& entry : tensors) {
    text += fmt::format(
        "{} {} {}\n",
        entry.name,
        torch_type_name(entry.tensor.scalar_type()),
        fmt::join(entry.tensor.sizes(), "x"));
  }
  return text;
}

inline std::string all_bytes(const std::vector<NamedTensor>& tensors) {
  std::string bytes;
  for (const NamedTensor& entry : tensors) {
    bytes += tensor_bytes(entry.tensor);
  }
  return bytes;
}

/// Expects the tensors of make_weights.py's file `name`, bit by bit.
inline void expect_tensors(
    const std::vector<NamedTensor>& tensors, const std::string& name) {
  EXPECT_EQ(list_tensors(tensors), read_text(torch_files() / (name + ".txt")))
      << name;
  EXPECT_EQ(all_bytes(tensors), read_text(torch_files() / (name + ".bin")))
      << name;
  for (const NamedTensor& entry : tensors) {
    EXPECT_TRUE(entry.tensor.is_contiguous()) << name << " " << entry.name;
  }
}

/// What read_weights() says about bytes that it must refuse.
inline std::string weight_refusal(std::string_view bytes) {
  try {
    read_weights(bytes, "FILE");
  } catch (const WeightError& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace convoy::testing
