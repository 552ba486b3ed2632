#pragma once
// How the versions of torch.save have spelled a tensor.

#include <vector>

#include "nets/weights/pickle.h"

namespace convoy {

/// What a tensor is made of: its storage, offset, shape and strides, and since
/// torch 0.4 whether it requires a gradient, its hooks and perhaps metadata.
using TensorParts = std::vector<const PickleValue*>;

/// The four parts or more of the tensor or parameter that `value` is; null when
/// it is none. Known are
///   torch._utils._rebuild_tensor and _rebuild_tensor_v2(parts...),
///   torch.FloatTensor() and its kin with the parts as state (oldest),
///   torch._utils._rebuild_parameter and _rebuild_parameter_with_state(data,
///   ...), torch.nn.parameter.Parameter(data), or with a state of five of which
///   the data are the first (before 0.4), and
///   torch._tensor._rebuild_from_type_v2(one of these, type, arguments, state)
///   for a tensor with attributes of Python, which are left out.
const TensorParts* find_tensor_parts(const PickleValue& value);

}  // namespace convoy
