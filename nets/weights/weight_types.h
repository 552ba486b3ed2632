#pragma once
// The types of tensors that weight files hold here, and what the two formats
// call them.

#include <ATen/core/Tensor.h>

#include <array>
#include <string_view>

namespace convoy {

struct WeightType {
  at::ScalarType type;
  std::string_view safetensors;  ///< dtype in a safetensors header
  std::string_view storage;      ///< class in module torch, in a .pth file
};

inline constexpr std::array<WeightType, 10> kWeightTypes{{
    {at::kDouble, "F64", "DoubleStorage"},
    {at::kFloat, "F32", "FloatStorage"},
    {at::kHalf, "F16", "HalfStorage"},
    {at::kBFloat16, "BF16", "BFloat16Storage"},
    {at::kLong, "I64", "LongStorage"},
    {at::kInt, "I32", "IntStorage"},
    {at::kShort, "I16", "ShortStorage"},
    {at::kChar, "I8", "CharStorage"},
    {at::kByte, "U8", "ByteStorage"},
    {at::kBool, "BOOL", "BoolStorage"},
}};

/// What an error says that was wanted.
inline constexpr const char* kKnownWeightTypes =
    "float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8 or "
    "bool";

/// The row of `type`; null when weight files don't hold it here.
inline const WeightType* find_weight_type(at::ScalarType type) {
  for (const WeightType& row : kWeightTypes) {
    if (row.type == type) {
      return &row;
    }
  }
  return nullptr;
}

}  // namespace convoy
