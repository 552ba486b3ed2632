#include "nets/weights/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "nets/weights/file_view.h"
#include "nets/weights/pth.h"
#include "nets/weights/safetensors.h"
#include "nets/weights/tensor_names.h"

namespace convoy {
namespace {

bool strip_prefix(
    std::vector<NamedTensor>& tensors, const std::string& prefix) {
  const bool all = std::all_of(
      tensors.begin(), tensors.end(), [&](const NamedTensor& entry) {
        return entry.name.starts_with(prefix) &&
               entry.name.size() > prefix.size();
      });
  if (!all || tensors.empty()) {
    return false;
  }
  for (NamedTensor& entry : tensors) {
    entry.name.erase(0, prefix.size());
  }
  return true;
}

Weights read_format(std::string_view file) {
  constexpr std::size_t kShownBytes = 16;
  if (file.starts_with("PK\x03\x04")) {
    return {read_pth_zip(file), "pth (zip)", {}};
  }
  if (is_legacy_pth(file)) {
    return {read_pth_legacy(file), "pth (legacy)", {}};
  }
  if (is_safetensors(file)) {
    return read_safetensors(file);
  }
  throw WeightError(
      file.empty()
          ? "it is empty"
          : fmt::format(
                "it begins with {}; want a .pth file of torch.save or a "
                ".safetensors file",
                in_quotes(file.substr(0, kShownBytes))));
}

}  // namespace

Weights read_weights(std::string_view bytes, const std::string& name) {
  try {
    Weights weights = read_format(bytes);
    // Either may be around the other.
    while (strip_prefix(weights.tensors, "module.") ||
           strip_prefix(weights.tensors, "_orig_mod.")) {
    }
    check_tensor_names(weights.tensors);
    return weights;
  } catch (const WeightError& e) {
    throw WeightError(
        fmt::format("the weight file {} can't be used: {}", name, e.what()));
  }
}

Weights read_weights(const std::filesystem::path& path) {
  const FileView file(path);
  return read_weights(file.bytes(), std::filesystem::absolute(path).string());
}

}  // namespace convoy
