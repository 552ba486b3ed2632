#include "trainer/checkpoint/starting_weights.h"

#include <fmt/format.h>

#include <utility>

#include "trainer/checkpoint/contents.h"
#include "trainer/config/read.h"

namespace convoy {

namespace {

/// What others would not expect of the weights of a run.
std::vector<std::string> notes_of_run(
    const std::string& yaml, const std::filesystem::path& path) {
  const Config config = read_config(yaml, path.string()).config;
  if (config.data.channels == 3 &&
      config.normalize.style == PixelStyle::caffe) {
    return {
        "its first layer takes channels in BGR, as normalize.style: caffe of "
        "its run has them"};
  }
  return {};
}

}  // namespace

StartingWeights read_starting_weights(
    const std::filesystem::path& path, ChannelOrder order) {
  Weights weights = read_weights(path, order);
  const auto config = weights.metadata.find("convoy.config");
  if (config != weights.metadata.end()) {  // "step-000000120" is no hash
    return {
        {weights_to_use(read_tensor_file(path)),
         "checkpoint",
         {},
         notes_of_run(config->second, path)},
        config->second};
  }
  if (!weights.format.starts_with("caffemodel")) {  // "iter-20141031" is none
    check_hub_hash(path);
  }
  return {std::move(weights), ""};
}

std::vector<std::string> describe_weights(const Weights& weights) {
  constexpr std::size_t kMostFacts = 8;
  std::string facts = weights.format;
  std::size_t shown = 0;
  for (const auto& [name, value] : weights.metadata) {
    if (++shown > kMostFacts) {
      facts += ", ...";
      break;
    }
    facts += fmt::format(
        "{} {}: {}", shown > 1 ? "," : ";", in_quotes(name), in_quotes(value));
  }
  std::vector<std::string> lines{facts};
  lines.insert(lines.end(), weights.notes.begin(), weights.notes.end());
  return lines;
}

}  // namespace convoy
