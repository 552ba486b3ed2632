#pragma once
// Files of pretrained weights, read without running anything that is in them:
// .pth and .pt of torch.save, new and old, .safetensors, and Caffe's
// .caffemodel.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nets/module.h"
#include "nets/weights/errors.h"

namespace convoy {

/// The order of the channels of the pictures that a network will be given.
enum class ChannelOrder { rgb, bgr };

/// What a weight file holds.
struct Weights {
  /// In file order: that of the state dict, or of the bytes in a safetensors
  /// file. Row-major, on the CPU, each with memory of its own, whatever shared
  /// one in the file; of the types in weight_types.h. A file does not tell
  /// parameters from buffers: is_parameter is true for all.
  std::vector<NamedTensor> tensors;
  /// "pth (zip)", "pth (legacy)", "safetensors", "caffemodel" or "caffemodel
  /// (V1 layers)".
  std::string format;
  /// Of safetensors its own. Of a caffemodel the name of the network ("net")
  /// and how its data layer prepared pictures, under Caffe's names (scale,
  /// crop_size, mean_file, mean_value), where the file says so.
  std::map<std::string, std::string> metadata;
  /// What was changed by a rule while a caffemodel was read (caffemodel.h), and
  /// what speaks against its use: for people.
  std::vector<std::string> notes = {};
};

/// Reads a weight file; its content tells the format, not its name. The first
/// layer of a caffemodel gets its channels in `order`; other files say nothing
/// of theirs and are left as they are. In a .pth
/// file the state dict is what was saved, or lies in a dict under
/// state_dict_ema, model_ema, state_dict, model, model_state_dict or net, of
/// which the first that there is counts: an average of the weights goes before
/// the weights. The prefixes "module." (DataParallel) and "_orig_mod."
/// (torch.compile) are taken off when all names have them, and n_averaged, the
/// counter of torch.optim.swa_utils.AveragedModel, is left out. Pickles are
/// read as data; nothing is imported or called. All bytes are in memory beside
/// the tensors while this works. Throws WeightFileMissing when the file can't
/// be read, WeightError when it is damaged, holds something else or more than
/// limits.h allows.
Weights read_weights(
    const std::filesystem::path& path, ChannelOrder order = ChannelOrder::rgb);

/// The same for a file in memory that errors call `name`.
Weights read_weights(
    std::string_view bytes,
    const std::string& name,
    ChannelOrder order = ChannelOrder::rgb);

/// Writes the tensors (any device and memory format), row-major, with the
/// metadata and "format": "pt" unless that is given. Tensors of larger elements
/// come first, so that all are aligned. The file appears whole or not at all.
/// Throws WeightWriteError; WeightError for a name that is empty, no text, very
/// long or comes twice, and for a type that the format lacks.
void write_safetensors(
    const std::filesystem::path& path,
    const std::vector<NamedTensor>& tensors,
    const std::map<std::string, std::string>& metadata);

/// The same as torch.save(state_dict, path) does since torch 1.6, in the order
/// given; torch.load(path, weights_only=True) reads it.
void write_pth(
    const std::filesystem::path& path, const std::vector<NamedTensor>& tensors);

/// The hexadecimal digits behind the last dash in the name of a file, at least
/// 8 of them up to a dot, by which PyTorch's hub notes how the file's SHA-256
/// begins: "f37072fd" of resnet18-f37072fd.pth. Nothing when there are none,
/// nor when none is a letter: dates and numbers of jobs look so, and only one
/// hash of 43, vgg13's, which is known by its name.
std::optional<std::string> hub_hash_of_name(const std::filesystem::path& path);

/// Throws WeightError when the file's SHA-256 does not begin as its name says,
/// WeightFileMissing when it can't be read. A name without digits is no error.
void check_hub_hash(const std::filesystem::path& path);

}  // namespace convoy
