#include "nets/weights/plain_tensors.h"

#include <fmt/format.h>

#include "nets/weights/errors.h"

namespace convoy {

const WeightType& type_to_write(const NamedTensor& entry) {
  const WeightType* const row =
      entry.tensor.defined() ? find_weight_type(entry.tensor.scalar_type())
                             : nullptr;
  if (row == nullptr) {
    throw WeightError(fmt::format(
        "the tensor {} can't be written: it is {}; want {}",
        in_quotes(entry.name),
        entry.tensor.defined() ? c10::toString(entry.tensor.scalar_type())
                               : "undefined",
        kKnownWeightTypes));
  }
  return *row;
}

at::Tensor plain_tensor(const at::Tensor& tensor) {
  return tensor.detach().to(at::kCPU).contiguous();
}

std::string_view bytes_of_plain(const at::Tensor& plain) {
  return {static_cast<const char*>(plain.const_data_ptr()), plain.nbytes()};
}

}  // namespace convoy
