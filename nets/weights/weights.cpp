#include "nets/weights/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "nets/weights/caffemodel.h"
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

Weights read_format(std::string_view file, ChannelOrder order) {
  constexpr std::size_t kShownBytes = 16;
  if (file.starts_with("PK\x03\x04")) {
    return {read_pth_zip(file), "pth (zip)", {}};
  }
  if (is_legacy_pth(file)) {
    return {read_pth_legacy(file), "pth (legacy)", {}};
  }
  // Before safetensors, of which one byte tells.
  if (is_caffemodel(file)) {
    return read_caffemodel(file, order);
  }
  if (is_safetensors(file)) {
    return read_safetensors(file);
  }
  if (file.starts_with("\x89HDF")) {
    throw WeightError(
        "it is an HDF5 file; want Caffe's other snapshots, .caffemodel "
        "(snapshot_format: BINARYPROTO in its solver), or a .pth or "
        ".safetensors file");
  }
  throw WeightError(
      file.empty() ? "it is empty"
                   : fmt::format(
                         "it begins with {}; want a .pth file of torch.save, a "
                         ".safetensors file or a whole .caffemodel",
                         in_quotes(file.substr(0, kShownBytes))));
}

}  // namespace

Weights read_weights(
    std::string_view bytes, const std::string& name, ChannelOrder order) {
  try {
    Weights weights = read_format(bytes, order);
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

Weights read_weights(const std::filesystem::path& path, ChannelOrder order) {
  const FileView file(path);
  return read_weights(
      file.bytes(), std::filesystem::absolute(path).string(), order);
}

}  // namespace convoy
