#include "trainer/checkpoint/restored.h"

#include <fmt/format.h>

#include "data/errors.h"
#include "nets/registry.h"
#include "trainer/checkpoint/store.h"
#include "trainer/config/read.h"

namespace convoy {

Restored restore(
    const TensorFile& file, const std::string& source, c10::Device device) {
  Restored restored;
  restored.facts = facts_of_checkpoint(file, source);
  const LoadedConfig loaded = read_config(restored.facts.config, source);
  if (!loaded.problems.empty()) {
    throw BadData(fmt::format(
        "{} carries a config that this convoy can't read: {}",
        source,
        loaded.problems.front()));
  }
  const Config& config = restored.config = loaded.config;
  try {
    find_net(config.net.name);
  } catch (const std::invalid_argument& e) {
    throw BadData(fmt::format("{}: {}", source, e.what()));
  }
  restored.model = std::make_unique<Model>(ModelOptions{
      .net = config.net.name,
      .options =
          {.classes = static_cast<int>(restored.facts.class_names.size()),
           .channels = config.data.channels,
           .dropout = config.net.dropout,
           .stochastic_depth = config.net.stochastic_depth,
           .transform_input = config.net.transform_input,
           .values = own_values(config.extensions, config.net.name)},
      .device = device,
      .channels_last = config.net.channels_last});
  restored.model->load(weights_to_use(file), {}, source);
  restored.normalization =
      std::make_shared<Normalization>(normalization_of(config, file));
  return restored;
}

std::filesystem::path best_checkpoint(const std::string& run_dir) {
  const CheckpointStore store(run_dir, 1);
  const auto best = store.folder() / "best.safetensors";
  if (std::filesystem::exists(best)) {
    return best;
  }
  const auto all = store.newest_first();
  if (all.empty()) {
    throw MissingInput(fmt::format(
        "no checkpoint in {}: train first, or name one with --checkpoint",
        std::filesystem::absolute(store.folder()).string()));
  }
  return all.front();
}

}  // namespace convoy
