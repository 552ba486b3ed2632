#include "trainer/config/sizes.h"

#include <cmath>

#include "nets/registry.h"

namespace convoy {

void adopt_sizes(LoadedConfig& loaded) {
  Config& c = loaded.config;
  const NetEntry* entry = try_find_net(c.net.name);
  if (entry == nullptr) {
    return;
  }
  const NetFacts& facts = entry->facts;
  if (!loaded.origins.has("augment.crop_px")) {
    c.augment.crop_px = facts.input_px;
  }
  if (!loaded.origins.has("net.transform_input")) {
    c.net.transform_input =
        facts.transform_input && !c.net.weights.empty() && c.data.channels == 3;
  }
  if (c.normalize.style == PixelStyle::torchvision &&
      !loaded.origins.has("normalize.mean") &&
      !loaded.origins.has("normalize.std")) {
    const auto& [mean, deviation] = facts.pixels;
    c.normalize.mean.assign(mean.begin(), mean.end());
    c.normalize.std.assign(deviation.begin(), deviation.end());
  }
  if (!loaded.origins.has("eval.crop_px")) {
    c.eval.crop_px = c.augment.crop_px;
  }
  if (!loaded.origins.has("eval.resize_px")) {
    c.eval.resize_px = static_cast<int>(std::lround(
        static_cast<double>(c.eval.crop_px) * facts.resize_px /
        facts.input_px));
  }
}

}  // namespace convoy
