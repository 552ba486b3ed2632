#include "nets/weights/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "nets/weights/caffemodel.h"
#include "nets/weights/file_bytes.h"
#include "nets/weights/pth.h"
#include "nets/weights/safetensors.h"
#include "nets/weights/tensor_names.h"

namespace convoy {
namespace {

/// DataParallel's and torch.compile's; either may be around the other.
constexpr std::array<std::string_view, 2> kWrapperPrefixes{
    "module.", "_orig_mod."};

/// Whether behind their first `begin` bytes all names have `prefix` and more.
bool all_continue_with(
    const std::vector<NamedTensor>& tensors,
    std::string_view prefix,
    std::size_t begin) {
  return std::all_of(
      tensors.begin(), tensors.end(), [&](const NamedTensor& entry) {
        const std::string_view rest =
            std::string_view(entry.name).substr(begin);
        return rest.starts_with(prefix) && rest.size() > prefix.size();
      });
}

/// Takes off all prefixes at once: a name may consist of very many.
void strip_wrapper_prefixes(std::vector<NamedTensor>& tensors) {
  std::size_t bytes = 0;
  bool more = !tensors.empty();
  while (more) {
    more = false;
    for (const std::string_view prefix : kWrapperPrefixes) {
      if (all_continue_with(tensors, prefix, bytes)) {
        bytes += prefix.size();
        more = true;
      }
    }
  }
  for (NamedTensor& entry : tensors) {
    entry.name.erase(0, bytes);
  }
}

/// An AveragedModel keeps a counter beside its "module.".
void drop_average_count(std::vector<NamedTensor>& tensors) {
  const auto count = std::find_if(
      tensors.begin(), tensors.end(), [](const NamedTensor& entry) {
        return entry.name == "n_averaged" && entry.tensor.dim() == 0;
      });
  const auto averaged = std::count_if(
      tensors.begin(), tensors.end(), [](const NamedTensor& entry) {
        return entry.name.starts_with("module.");
      });
  if (count != tensors.end() && averaged > 0 &&
      static_cast<std::size_t>(averaged) + 1 == tensors.size()) {
    tensors.erase(count);
  }
}

/// Whether a tar archive begins here, by the magic of its first header.
bool is_tar(std::string_view file) {
  constexpr std::size_t kTarMagic = 257;
  return file.size() > kTarMagic && file.substr(kTarMagic).starts_with("ustar");
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
  if (is_tar(file)) {
    throw WeightError(
        "it is a tar archive, as torch.save wrote before torch 0.1.10; want a "
        "newer .pth: load it with torch.load(path, weights_only=False), if you "
        "trust who wrote it, and save its state dict again");
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
    drop_average_count(weights.tensors);
    strip_wrapper_prefixes(weights.tensors);
    check_tensor_names(weights.tensors);
    return weights;
  } catch (const WeightError& e) {
    throw WeightError(
        fmt::format("the weight file {} can't be used: {}", name, e.what()));
  }
}

Weights read_weights(const std::filesystem::path& path, ChannelOrder order) {
  const FileBytes file(path);
  return read_weights(
      file.bytes(), std::filesystem::absolute(path).string(), order);
}

}  // namespace convoy
