#include "nets/weights/tensor_view.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>

#include "nets/weights/errors.h"

namespace convoy {
namespace {

[[noreturn]] void throw_impossible_shape(
    const std::vector<std::int64_t>& shape) {
  throw WeightError(fmt::format(
      "has {} sizes [{}], which no tensor has; want at most {} of 0 or above",
      shape.size(),
      fmt::join(
          shape.begin(),
          shape.begin() + std::min(shape.size(), kMostDimensions),
          ", "),
      kMostDimensions));
}

/// The index in the storage of the last element. The view has elements.
std::int64_t last_index(const TensorView& view) {
  std::int64_t last = view.offset;
  bool fits = view.offset >= 0;
  for (std::size_t d = 0; d < view.shape.size(); ++d) {
    std::int64_t step = 0;
    fits = fits && view.strides[d] >= 0 &&
           !__builtin_mul_overflow(view.shape[d] - 1, view.strides[d], &step) &&
           !__builtin_add_overflow(last, step, &last);
  }
  if (!fits) {
    throw WeightError(fmt::format(
        "has the offset {} and the strides [{}], which no tensor of shape [{}] "
        "has",
        view.offset,
        fmt::join(view.strides, ", "),
        fmt::join(view.shape, ", ")));
  }
  return last;
}

/// Copies the elements one by one, in row-major order. The view has elements,
/// and all of them lie in the storage.
void gather(const TensorView& view, const char* storage, char* out) {
  const auto size = static_cast<std::int64_t>(c10::elementSize(view.type));
  std::vector<std::int64_t> index(view.shape.size(), 0);
  std::int64_t at = view.offset;
  while (true) {
    std::memcpy(out, storage + at * size, static_cast<std::size_t>(size));
    out += size;
    std::size_t d = view.shape.size();
    while (d > 0 && index[d - 1] == view.shape[d - 1] - 1) {
      --d;
      at -= index[d] * view.strides[d];
      index[d] = 0;
    }
    if (d == 0) {
      return;
    }
    ++index[d - 1];
    at += view.strides[d - 1];
  }
}

bool is_dense(const TensorView& view) {
  const std::vector<std::int64_t> dense = dense_strides(view.shape);
  for (std::size_t d = 0; d < dense.size(); ++d) {
    if (view.shape[d] != 1 && view.strides[d] != dense[d]) {
      return false;
    }
  }
  return true;
}

/// A bool of another value than 0 and 1 is none to C++.
void check_bools(const at::Tensor& tensor) {
  const auto* first =
      static_cast<const unsigned char*>(tensor.const_data_ptr());
  const auto* end = first + tensor.nbytes();
  const auto* wrong =
      std::find_if(first, end, [](unsigned char byte) { return byte > 1; });
  if (wrong != end) {
    throw WeightError(fmt::format(
        "is of type bool and holds the byte {}; want 0 or 1",
        static_cast<int>(*wrong)));
  }
}

}  // namespace

std::uint64_t dense_bytes(
    at::ScalarType type, const std::vector<std::int64_t>& shape) {
  auto bytes = static_cast<std::int64_t>(c10::elementSize(type));
  bool possible = shape.size() <= kMostDimensions;
  bool empty = false;
  for (const std::int64_t size : shape) {
    empty = empty || size == 0;
    // Strides count an empty size as 1, and must not overflow either.
    possible =
        possible && size >= 0 &&
        !__builtin_mul_overflow(bytes, std::max<std::int64_t>(size, 1), &bytes);
  }
  if (!possible) {
    throw_impossible_shape(shape);
  }
  return empty ? 0 : static_cast<std::uint64_t>(bytes);
}

std::vector<std::int64_t> dense_strides(
    const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t d = shape.size(); d-- > 1;) {
    strides[d - 1] = strides[d] * std::max<std::int64_t>(shape[d], 1);
  }
  return strides;
}

at::Tensor copy_tensor(const TensorView& view, std::string_view storage) {
  const std::uint64_t bytes = dense_bytes(view.type, view.shape);
  if (bytes == 0) {
    return at::empty(view.shape, view.type);
  }
  const auto size = static_cast<std::int64_t>(c10::elementSize(view.type));
  const auto elements = static_cast<std::int64_t>(storage.size()) / size;
  const std::int64_t last = last_index(view);
  if (last >= elements) {
    throw WeightError(
        fmt::format("wants element {} of a storage of {}", last, elements));
  }
  at::Tensor tensor = at::empty(view.shape, view.type);
  auto* const out = static_cast<char*>(tensor.mutable_data_ptr());
  if (is_dense(view)) {
    std::memcpy(out, storage.data() + view.offset * size, bytes);
  } else {
    gather(view, storage.data(), out);
  }
  if (view.type == at::kBool) {
    check_bools(tensor);
  }
  return tensor;
}

}  // namespace convoy
