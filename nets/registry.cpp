#include "nets/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>

namespace convoy {

const std::vector<NetEntry>& registered_nets() {
  constexpr std::string_view kTorchvision =
      "torchvision, IMAGENET1K_V1 weights";
  static const std::vector<NetEntry> nets{
      {{"alexnet",
        224,
        63,
        "classifier.6.",
        61100840,
        714188480,
        56.522,
        79.066,
        kTorchvision},
       build_alexnet},
      {{"resnet18",
        224,
        1,
        "fc.",
        11689512,
        1814073344,
        69.758,
        89.078,
        kTorchvision},
       build_resnet18},
      {{"resnet34",
        224,
        1,
        "fc.",
        21797672,
        3663761408,
        73.314,
        91.420,
        kTorchvision},
       build_resnet34},
      {{"resnet50",
        224,
        1,
        "fc.",
        25557032,
        4089184256,
        76.130,
        92.862,
        kTorchvision},
       build_resnet50},
      {{"resnet101",
        224,
        1,
        "fc.",
        44549160,
        7801405440,
        77.374,
        93.546,
        kTorchvision},
       build_resnet101},
      {{"resnet152",
        224,
        1,
        "fc.",
        60192808,
        11513626624,
        78.312,
        94.046,
        kTorchvision},
       build_resnet152},
  };
  return nets;
}

const NetEntry& find_net(const std::string& name) {
  std::vector<std::string_view> known;
  for (const NetEntry& entry : registered_nets()) {
    if (entry.facts.name == name) {
      return entry;
    }
    known.push_back(entry.facts.name);
  }
  throw std::invalid_argument(fmt::format(
      "unknown network \"{}\". Known: {}", name, fmt::join(known, ", ")));
}

}  // namespace convoy
