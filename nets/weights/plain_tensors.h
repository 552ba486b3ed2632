#pragma once
// Tensors on their way into a file.

#include <ATen/core/Tensor.h>

#include <string_view>

#include "nets/module.h"
#include "nets/weights/weight_types.h"

namespace convoy {

/// The row of the tensor's type. Throws WeightError, naming the tensor, when it
/// is undefined or of a type that no weight file has.
const WeightType& type_to_write(const NamedTensor& entry);

/// The values row-major on the CPU: the tensor itself where it is so already.
at::Tensor plain_tensor(const at::Tensor& tensor);

/// The bytes of what plain_tensor() gave, which must live on.
std::string_view bytes_of_plain(const at::Tensor& plain);

}  // namespace convoy
