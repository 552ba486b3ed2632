#include "trainer/checkpoint/weights_as_checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "data/errors.h"
#include "data/store/durable.h"
#include "data/store/mean_file.h"
#include "data/store/printable.h"
#include "nets/weights/match.h"
#include "trainer/checkpoint/contents.h"
#include "trainer/checkpoint/starting_weights.h"
#include "trainer/config/read.h"
#include "trainer/config/sizes.h"
#include "trainer/config/validate.h"
#include "trainer/config/write.h"
#include "trainer/errors.h"

namespace convoy {
namespace {

constexpr std::int64_t kMostClasses = 1'000'000;
constexpr std::size_t kMostNameBytes = std::size_t{64} << 20;

/// Throws BadData when the tensors are not the network's.
std::vector<NamedTensor> net_tensors(
    const std::vector<NamedTensor>& tensors,
    const NetEntry& entry,
    const NetOptions& options,
    const std::string& path) {
  const auto state = entry.build(options)->state();
  MatchRules rules;
  rules.may_miss = [&](const std::string& name) {
    return is_auxiliary(entry.facts, name);
  };
  const Match match = match_weights(state, tensors, rules);
  if (!match.fits()) {
    throw BadData(fmt::format(
        "{} does not fit {}:\n{}\nIs --net right?",
        path,
        entry.facts.name,
        describe_match(match)));
  }
  copy_matched(state, tensors, match);
  std::vector<NamedTensor> named;
  for (const NamedTensor& tensor : state) {
    named.push_back({"net." + tensor.name, tensor.tensor, tensor.is_parameter});
  }
  return named;
}

std::vector<std::string> read_class_names(
    const WeightsUse& use, int classes, const std::string& path) {
  std::vector<std::string> names;
  if (use.class_names.empty()) {
    for (int i = 0; i < classes; ++i) {
      names.push_back(std::to_string(i));
    }
    return names;
  }
  std::istringstream text(read_whole_file(use.class_names, kMostNameBytes));
  for (std::string line; std::getline(text, line);) {
    names.push_back(line.substr(0, line.find_last_not_of(" \t\r") + 1));
  }
  while (!names.empty() && names.back().empty()) {
    names.pop_back();
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty() || printable(names[i]) != names[i]) {
      throw BadData(fmt::format(
          "{}:{}: \"{}\" is no name of a class; want text in UTF-8",
          use.class_names,
          i + 1,
          printable(names[i])));
    }
  }
  if (static_cast<int>(names.size()) != classes) {
    throw BadData(fmt::format(
        "{} names {} classes, one a line; want {}, as many as {} is for",
        use.class_names,
        names.size(),
        classes,
        path));
  }
  return names;
}

/// What the use says, over what a run of this network would have.
LoadedConfig config_of(const std::string& path, const WeightsUse& use) {
  LoadedConfig loaded{.config = {}, .origins = Origins("--net " + use.net)};
  loaded.config.net.name = use.net;
  loaded.config.net.weights = path;
  // Nothing moves pictures here, so that a mean of each place has its meaning.
  loaded.config.augment.crop = Crop::center;
  loaded.config.augment.rotate_degrees = 0;
  // As the figures that were published with the weights: bf16 may move a
  // probability in the second digit.
  loaded.config.precision = Precision::fp32;
  apply_overrides(use.overrides, loaded);
  require_sound(loaded);
  return loaded;
}

TensorFile checkpoint_of(const std::string& path, const WeightsUse& use) {
  LoadedConfig loaded = config_of(path, use);
  Config& config = loaded.config;
  const StartingWeights weights = read_starting_weights(
      path,
      config.normalize.style == PixelStyle::caffe ? ChannelOrder::bgr
                                                  : ChannelOrder::rgb);
  if (!weights.config.empty()) {
    throw UsageError(fmt::format(
        "{} is a checkpoint of convoy, which knows its network: leave --net "
        "out",
        path));
  }
  const NetEntry& entry = find_net(use.net);
  NetOptions options = options_of_weights(weights.file.tensors, entry);
  config.data.channels = options.channels;
  adopt_sizes(loaded);
  require_sound(loaded, validate_input(config));
  options.transform_input = config.net.transform_input;

  CheckpointFacts facts;
  facts.config = to_yaml(config);
  facts.data_made_by = {{"resize", "none"}};
  facts.class_names = read_class_names(use, options.classes, path);
  facts.global_batch = 1;
  TensorFile file{
      net_tensors(weights.file.tensors, entry, options, path),
      to_metadata(facts)};
  if (!config.normalize.mean_file.empty()) {
    add_mean(
        normalization(
            config.normalize,
            config.data.channels,
            read_mean_file(config.normalize.mean_file)),
        file);
  }
  return file;
}

/// Whether others wrote it, and not convoy.
bool is_weight_file(const std::string& path) {
  try {
    return read_starting_weights(path).config.empty();
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

NetOptions options_of_weights(
    const std::vector<NamedTensor>& tensors, const NetEntry& entry) {
  const auto own = entry.build({.classes = 1})->state();
  const auto of_file = [&](const std::string& name) -> const at::Tensor* {
    const auto found = std::find_if(
        tensors.begin(), tensors.end(), [&](const NamedTensor& tensor) {
          return tensor.name == name;
        });
    return found == tensors.end() ? nullptr : &found->tensor;
  };
  NetOptions options;
  bool first = true;
  for (const NamedTensor& tensor : own) {
    const at::Tensor* theirs = of_file(tensor.name);
    const bool comparable =
        theirs != nullptr && theirs->dim() == tensor.tensor.dim();
    if (first && tensor.tensor.dim() == 4) {
      first = false;
      options.channels = comparable && theirs->size(1) == 1 ? 1 : 3;
    }
    if (tensor.name == std::string(entry.facts.head) + "weight" && comparable &&
        theirs->size(1) == tensor.tensor.size(1) && theirs->size(0) > 0 &&
        theirs->size(0) <= kMostClasses) {
      options.classes = static_cast<int>(theirs->size(0));
    }
  }
  return options;
}

TensorFile read_checkpoint(const std::string& path, const WeightsUse& use) {
  if (!use.net.empty()) {
    return checkpoint_of(path, use);
  }
  try {
    TensorFile file = read_tensor_file(path);
    facts_of_checkpoint(file, path);
    return file;
  } catch (const BadData&) {
    if (is_weight_file(path)) {
      throw BadData(fmt::format(
          "{} holds weights alone and is no checkpoint of convoy: --net NAME "
          "says of which network they are (convoy nets lists them)",
          path));
    }
    throw;
  }
}

}  // namespace convoy
