// MobileNetV2: Sandler et al., "MobileNetV2: Inverted residuals and linear
// bottlenecks", CVPR 2018; names as torchvision's.

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/flatten.h>

#include <numeric>

#include "nets/branch_drop.h"
#include "nets/layers/conv_norm.h"
#include "nets/layers/linear.h"
#include "nets/registry.h"

namespace convoy {
namespace {

struct LinearBottleneckOptions {
  int in = 0;
  int out = 0;
  int stride = 1;
  int expansion = 1;  ///< inner channels over those of the input
  BranchDrop drop = {};
};

/// 1x1 convolution to more channels, 3x3 convolution of each by itself, 1x1
/// convolution to few channels, without an activation there; the input is added
/// where it has the same shape.
class LinearBottleneck final : public Layer {
 public:
  LinearBottleneck(const LinearBottleneckOptions& o, at::Generator& g)
      : conv_(make<Sequential>("conv")),
        shortcut_(o.stride == 1 && o.in == o.out),
        drop_(o.drop) {
    const int wide = o.in * o.expansion;
    if (o.expansion != 1) {
      conv_->add<ConvNorm>(
          ConvNormOptions{{o.in, wide, 1}, {}, activation::relu6}, g);
    }
    conv_->add<ConvNorm>(
        ConvNormOptions{
            {wide, wide, 3, o.stride, 1, wide}, {}, activation::relu6},
        g);
    const auto narrow = conv_->add<Conv2d>(ConvOptions{wide, o.out, 1}, g);
    init_kaiming_fan_out(narrow->weight(), g);
    conv_->add<BatchNorm2d>(o.out);
  }

  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override {
    const at::Tensor y = conv_->forward(x, pass);
    return shortcut_ ? drop_(y, pass).add_(x) : y;
  }

 private:
  std::shared_ptr<Sequential> conv_;
  bool shortcut_;
  BranchDrop drop_;
};

/// Blocks of equal width; the first of them has the stride.
struct MobileNetV2Stage {
  int expansion;
  int channels;
  int blocks;
  int stride;
};

/// Table 2 of the paper.
constexpr MobileNetV2Stage kMobileNetV2Stages[] = {
    {1, 16, 1, 1},
    {6, 24, 2, 2},
    {6, 32, 3, 2},
    {6, 64, 4, 2},
    {6, 96, 3, 1},
    {6, 160, 3, 2},
    {6, 320, 1, 1}};

class MobileNetV2 final : public TwoPartNet {
 public:
  explicit MobileNetV2(Build& b)
      : features_(make<Sequential>("features")),
        classifier_(make<Sequential>("classifier")) {
    constexpr int kStem = 32;
    constexpr int kLast = 1280;
    const int dropout_layer = b.next_random_layer();
    features_->add<ConvNorm>(
        ConvNormOptions{
            {b.options.channels, kStem, 3, 2, 1}, {}, activation::relu6},
        b.generator);
    const int channels = add_blocks(kStem, b);
    features_->add<ConvNorm>(
        ConvNormOptions{{channels, kLast, 1}, {}, activation::relu6},
        b.generator);
    classifier_->add<Dropout>(b.options.dropout_or(0.2), dropout_layer);
    classifier_->append(thin_linear(kLast, b.options.classes, b.generator));
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
  /// Returns the channels behind the last block.
  int add_blocks(int channels, Build& b) {
    BranchDrops drops(
        b,
        std::accumulate(
            std::begin(kMobileNetV2Stages),
            std::end(kMobileNetV2Stages),
            0,
            [](int sum, const auto& stage) { return sum + stage.blocks; }));
    for (const MobileNetV2Stage& stage : kMobileNetV2Stages) {
      for (int i = 0; i < stage.blocks; ++i) {
        features_->add<LinearBottleneck>(
            LinearBottleneckOptions{
                channels,
                stage.channels,
                i == 0 ? stage.stride : 1,
                stage.expansion,
                drops.next()},
            b.generator);
        channels = stage.channels;
      }
    }
    return channels;
  }

  std::shared_ptr<Sequential> features_, classifier_;
};

}  // namespace

std::vector<NetEntry> mobilenet_v2_family() {
  const NetFacts facts{
      .name = "mobilenet_v2",
      .input_px = 224,
      .minimum_px = 1,
      .head = "classifier.1.",
      .batch_norm = true,
      .stochastic_depth = true,
      .layers = 53,
      .parameters = 3504872,
      .macs = 300774272,
      .top1 = 71.878,
      .top5 = 90.286,
      .source = "torchvision, IMAGENET1K_V1"};
  return {
      {facts, [](const NetOptions& o) { return build_net<MobileNetV2>(o); }}};
}

}  // namespace convoy
