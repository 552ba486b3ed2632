// EfficientNet: Tan and Le, "EfficientNet: Rethinking model scaling for
// convolutional neural networks", ICML 2019; names, batch norm and rounding as
// torchvision's.

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/flatten.h>

#include <array>
#include <cmath>

#include "nets/layers/conv_norm.h"
#include "nets/layers/dropout.h"
#include "nets/layers/linear.h"
#include "nets/layers/squeeze_excite.h"
#include "nets/registry.h"
#include "nets/round_channels.h"

namespace convoy {
namespace {

struct MbConvOptions {
  int in = 0;
  int out = 0;
  int expansion = 1;  ///< inner channels over those of the input
  int kernel = 3;     ///< of the depthwise convolution
  int stride = 1;
  double drop = 0;  ///< probability that a sample does without the branch
};

/// 1x1 convolution to more channels, convolution of each by itself,
/// squeeze-excitation, 1x1 convolution to few channels. The input is added
/// where it has the same shape, and the rest is then a branch that stochastic
/// depth may leave out.
class MbConv final : public Layer {
 public:
  MbConv(const MbConvOptions& o, Build& b)
      : block_(make<Sequential>("block")),
        shortcut_(o.stride == 1 && o.in == o.out),
        drop_(o.drop),
        random_layer_(shortcut_ ? b.next_random_layer() : 0) {
    const int wide = o.in * o.expansion;
    if (wide != o.in) {
      add_conv({o.in, wide, 1}, activation::silu, b);
    }
    const int padding = (o.kernel - 1) / 2;
    add_conv(
        {wide, wide, o.kernel, o.stride, padding, wide}, activation::silu, b);
    block_->add<SqueezeExcite>(
        wide,
        std::max(1, o.in / 4),
        SqueezeExciteActivations{activation::silu, activation::sigmoid},
        b.generator);
    add_conv({wide, o.out, 1}, nullptr, b);
  }

  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override {
    const at::Tensor y = block_->forward(x, pass);
    return shortcut_ ? stochastic_depth(y, drop_, pass, random_layer_).add_(x)
                     : y;
  }

 private:
  void add_conv(const ConvOptions& conv, Activation act, Build& b) {
    block_->add<ConvNorm>(ConvNormOptions{conv, {}, act}, b.generator);
  }

  std::shared_ptr<Sequential> block_;
  bool shortcut_;
  double drop_;
  int random_layer_;
};

/// Blocks of equal width; the first of them has the stride.
struct EfficientNetStage {
  int expansion;
  int kernel;
  int stride;
  int channels;
  int blocks;
};

/// EfficientNet-B0, table 1 of the paper.
constexpr std::array<EfficientNetStage, 7> kEfficientNetB0{
    {{1, 3, 1, 16, 1},
     {6, 3, 2, 24, 2},
     {6, 5, 2, 40, 2},
     {6, 3, 2, 80, 3},
     {6, 5, 1, 112, 3},
     {6, 5, 2, 192, 4},
     {6, 3, 1, 320, 1}}};

/// What the others are over B0.
struct EfficientNetScale {
  double width = 1;
  double depth = 1;
  double dropout = 0.2;
};

std::array<EfficientNetStage, 7> scaled_stages(const EfficientNetScale& scale) {
  auto stages = kEfficientNetB0;
  for (EfficientNetStage& stage : stages) {
    stage.channels = round_channels(stage.channels * scale.width);
    stage.blocks = static_cast<int>(std::ceil(stage.blocks * scale.depth));
  }
  return stages;
}

class EfficientNet final : public TwoPartNet {
 public:
  EfficientNet(Build& b, const EfficientNetScale& scale)
      : features_(make<Sequential>("features")),
        classifier_(make<Sequential>("classifier")) {
    const int stem = round_channels(32 * scale.width);
    add_conv({b.options.channels, stem, 3, 2, 1}, b);
    const int channels = add_stages(stem, scaled_stages(scale), b);
    const int last = 4 * channels;
    add_conv({channels, last, 1}, b);
    classifier_->add<Dropout>(
        b.options.dropout_or(scale.dropout), b.next_random_layer());
    const auto head =
        classifier_->add<Linear>(last, b.options.classes, b.generator);
    init_uniform(head->weight(), b.options.classes, b.generator);
    head->bias().detach().zero_();
  }

  at::Tensor features(
      const at::Tensor& images, const Pass& pass) const override {
    const at::Tensor maps = features_->forward(images, pass);
    return at::flatten(at::adaptive_avg_pool2d(maps, {1, 1}), 1);
  }

  at::Tensor classify(
      const at::Tensor& features, const Pass& pass) const override {
    return classifier_->forward(features, pass);
  }

 private:
  /// Returns the channels behind the last block. The probability of leaving a
  /// branch out grows in equal steps from block to block.
  int add_stages(
      int channels, const std::array<EfficientNetStage, 7>& stages, Build& b) {
    const double drop = b.options.stochastic_depth_or(0.2);
    int blocks = 0;
    for (const EfficientNetStage& stage : stages) {
      blocks += stage.blocks;
    }
    int index = 0;
    for (const EfficientNetStage& stage : stages) {
      const auto row = features_->add<Sequential>();
      for (int i = 0; i < stage.blocks; ++i, ++index) {
        row->add<MbConv>(
            MbConvOptions{
                channels,
                stage.channels,
                stage.expansion,
                stage.kernel,
                i == 0 ? stage.stride : 1,
                drop * index / blocks},
            b);
        channels = stage.channels;
      }
    }
    return channels;
  }

  void add_conv(const ConvOptions& conv, Build& b) {
    features_->add<ConvNorm>(
        ConvNormOptions{conv, {}, activation::silu}, b.generator);
  }

  std::shared_ptr<Sequential> features_, classifier_;
};

NetEntry efficientnet_entry(
    const NetFacts& own, const EfficientNetScale& scale) {
  NetFacts facts = own;
  facts.minimum_px = 1;
  facts.head = "classifier.1.";
  facts.batch_norm = true;
  facts.stochastic_depth = true;
  facts.source = "torchvision, IMAGENET1K_V1, resized bicubically";
  return {facts, [scale](const NetOptions& options) {
            return build_net<EfficientNet>(options, scale);
          }};
}

}  // namespace

std::vector<NetEntry> efficientnet_family() {
  return {
      efficientnet_entry(
          {.name = "efficientnet_b0",
           .input_px = 224,
           .resize_px = 256,
           .layers = 82,
           .parameters = 5288548,
           .macs = 385814752,
           .top1 = 77.692,
           .top5 = 93.532},
          {1.0, 1.0, 0.2}),
      efficientnet_entry(
          {.name = "efficientnet_b1",
           .input_px = 240,
           .resize_px = 256,
           .layers = 116,
           .parameters = 7794184,
           .macs = 686802832,
           .top1 = 78.642,
           .top5 = 94.186},
          {1.0, 1.1, 0.2}),
      efficientnet_entry(
          {.name = "efficientnet_b2",
           .input_px = 288,
           .resize_px = 288,
           .layers = 116,
           .parameters = 9109994,
           .macs = 1087529456,
           .top1 = 80.608,
           .top5 = 95.310},
          {1.1, 1.2, 0.3}),
      efficientnet_entry(
          {.name = "efficientnet_b3",
           .input_px = 300,
           .resize_px = 320,
           .layers = 131,
           .parameters = 12233232,
           .macs = 1827141392,
           .top1 = 82.008,
           .top5 = 96.054},
          {1.2, 1.4, 0.3}),
      efficientnet_entry(
          {.name = "efficientnet_b4",
           .input_px = 380,
           .resize_px = 384,
           .layers = 161,
           .parameters = 19341616,
           .macs = 4393771024,
           .top1 = 83.384,
           .top5 = 96.594},
          {1.4, 1.8, 0.4})};
}

}  // namespace convoy
