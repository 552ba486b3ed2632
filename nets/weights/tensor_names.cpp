#include "nets/weights/tensor_names.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "nets/weights/errors.h"
#include "nets/weights/limits.h"

namespace convoy {

void check_tensor_names(const std::vector<NamedTensor>& tensors) {
  std::set<std::string_view> seen;
  for (const NamedTensor& entry : tensors) {
    if (entry.name.empty() || !is_plain_text(entry.name)) {
      throw WeightError(fmt::format(
          "it names a tensor {}; want text", in_quotes(entry.name)));
    }
    if (entry.name.size() > kMostTensorNameBytes) {
      throw WeightError(fmt::format(
          "it names a tensor {} in {} bytes; want at most {}",
          in_quotes(entry.name),
          entry.name.size(),
          kMostTensorNameBytes));
    }
    if (!seen.insert(entry.name).second) {
      throw WeightError(
          fmt::format("it names {} twice", in_quotes(entry.name)));
    }
  }
}

}  // namespace convoy
