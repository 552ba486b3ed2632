#include "trainer/config/preset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "trainer/config/write.h"

namespace convoy {
namespace {

/// Sets up to this many pictures count as `name`.
struct DataSize {
  std::uint64_t below;
  const char* name;
  int epochs_from_weights;
  int epochs_from_scratch;
  double smallest_box;  ///< augment.scale: small sets need more variety
};

constexpr DataSize kSizes[] = {
    {1000, "few", 30, 100, 0.5},
    {10000, "some", 12, 60, 0.5},
    {100000, "many", 8, 90, 0.25},
    {UINT64_MAX, "very many", 5, 90, 0.08}};

const DataSize& size_of(std::uint64_t pictures) {
  return *std::find_if(
      std::begin(kSizes), std::end(kSizes), [&](const DataSize& size) {
        return pictures < size.below;
      });
}

constexpr int kBatch = 32;
constexpr double kMostEnlarged = 1.5;
constexpr int kStep = 16;  ///< strides of most networks go into it
constexpr double kUneven = 3;

/// The network's own size, or a smaller one where pictures would be enlarged
/// much: that costs time and shows nothing more.
int input_px(const PresetInput& input, const NetFacts& facts) {
  const int useful =
      static_cast<int>(kMostEnlarged * input.short_side) / kStep * kStep;
  return std::clamp(
      useful, std::min(facts.minimum_px, facts.input_px), facts.input_px);
}

/// Peak rates are for a batch of kBatch. Networks without batch norm die at the
/// rates that the others need, and from scratch SGD finds no rate at which they
/// do not and yet learn (docs/fine_tuning.md has the figures).
std::string optimizer(const PresetInput& input, const NetFacts& facts) {
  const bool scratch = input.weights.empty();
  if (scratch && !facts.batch_norm) {
    return fmt::format(
        "optimizer:\n"
        "  name: adamw  # without batch norm and weights, SGD learns nothing "
        "or "
        "kills the last ReLUs\n"
        "  lr: 0.0003  # for a global batch of {}\n"
        "  weight_decay: 0.01\n",
        kBatch);
  }
  const double with_norm = scratch ? 0.05 : 0.01;
  return fmt::format(
      "optimizer:\n"
      "  lr: {}  # for a global batch of {}\n"
      "  nesterov: true\n"
      "  weight_decay: 1.0e-4\n",
      facts.batch_norm ? with_norm : 0.002,
      kBatch);
}

std::string head(const PresetInput& input, const NetFacts& facts) {
  return fmt::format(
      "# {} {} for {} pictures of {} classes ({} a class): {}.\n"
      "# Edit what you know better; docs/fine_tuning.md says what each choice "
      "does.\n",
      facts.name,
      input.weights.empty() ? "from scratch" : "from weights",
      input.pictures,
      input.classes,
      input.fewest == input.most
          ? std::to_string(input.most)
          : fmt::format("{} to {}", input.fewest, input.most),
      size_of(input.pictures).name);
}

std::string run_and_data(const PresetInput& input) {
  const DataSize& size = size_of(input.pictures);
  const bool scratch = input.weights.empty();
  return fmt::format(
      "run:\n"
      "  dir: {}\n"
      "  epochs: {}  # the fewer pictures, the more passes\n"
      "data:\n"
      "  train: {}\n"
      "  val: {}\n",
      yaml_text(input.run_dir),
      scratch ? size.epochs_from_scratch : size.epochs_from_weights,
      yaml_text(input.train),
      yaml_text(input.val));
}

std::string pictures(const PresetInput& input, const NetFacts& facts) {
  const int px = input_px(input, facts);
  return fmt::format(
      "augment:\n"
      "  crop_px: {}  # {}\n"
      "  scale: [{}, 1.0]  # boxes of this share of the picture\n"
      "  flip_horizontal: 0.5  # 0 if left and right are different classes\n"
      "  jitter: {{brightness: 0.2, contrast: 0.2, saturation: 0.2}}\n",
      px,
      px < facts.input_px
          ? fmt::format(
                "the network's {} would enlarge pictures of {} too much",
                facts.input_px,
                input.short_side)
          : "what the network was made for",
      size_of(input.pictures).smallest_box);
}

std::string network(const PresetInput& input, const NetFacts& facts) {
  std::string text = fmt::format("net:\n  name: {}\n", facts.name);
  if (!input.weights.empty()) {
    text += fmt::format(
        "  weights: {}\n"
        "fine_tune:\n"
        "  head_lr_multiplier: 10  # it is new, the rest is not\n",
        yaml_text(input.weights));
    if (facts.batch_norm && input.pictures < kSizes[0].below) {
      text +=
          "  freeze_batch_norm: true  # the weights' statistics are of more "
          "pictures\n";
    }
  }
  return text;
}

std::string training(const PresetInput& input, const NetFacts& facts) {
  std::string text = optimizer(input, facts);
  text += fmt::format(
      "  decay_norm_and_bias: false\n"
      "  clip_norm: 5  # one wild batch must not undo the others\n"
      "schedule: {{name: cosine, warmup_epochs: 1}}\n"
      "batch: {{global: {}}}\n"
      "loss:\n"
      "  label_smoothing: 0.1\n",
      kBatch);
  if (static_cast<double>(input.most) >
      kUneven * static_cast<double>(input.fewest)) {
    text +=
        "  class_weights: balanced  # rare classes count as much as frequent "
        "ones\n";
  }
  return text;
}

}  // namespace

std::string preset(const PresetInput& input, const NetFacts& facts) {
  return head(input, facts) + run_and_data(input) + pictures(input, facts) +
         network(input, facts) + training(input, facts);
}

}  // namespace convoy
