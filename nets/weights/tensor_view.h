#pragma once
// Tensors as weight files describe them: a window with strides on raw bytes.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace convoy {

constexpr std::size_t kMostDimensions = 16;

/// Where the elements of a tensor lie in a storage; counted in elements.
struct TensorView {
  at::ScalarType type = at::kFloat;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;  ///< as many as sizes in the shape
};

/// The bytes of a dense tensor. Throws WeightError for a shape that has more
/// than kMostDimensions or negative sizes, or whose bytes no 64-bit integer
/// counts.
std::uint64_t dense_bytes(
    at::ScalarType type, const std::vector<std::int64_t>& shape);

/// The strides of a dense row-major tensor of a shape that dense_bytes took.
std::vector<std::int64_t> dense_strides(const std::vector<std::int64_t>& shape);

/// A row-major tensor on the CPU that owns a copy of the elements. `storage`
/// needs no alignment. Throws WeightError when an element would lie outside of
/// it, a stride is negative, or a bool is neither 0 nor 1.
at::Tensor copy_tensor(const TensorView& view, std::string_view storage);

}  // namespace convoy
