// MobileNetV3: Howard et al., "Searching for MobileNetV3", ICCV 2019; names as
// torchvision's.

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/flatten.h>

#include <vector>

#include "nets/branch_drop.h"
#include "nets/layers/conv_norm.h"
#include "nets/layers/linear.h"
#include "nets/layers/squeeze_excite.h"
#include "nets/registry.h"
#include "nets/round_channels.h"

namespace convoy {
namespace {

constexpr BatchNormOptions kMobileNetV3Norm{.epsilon = 0.001, .momentum = 0.01};

/// A row of the paper's tables 1 and 2.
struct MobileNetV3Row {
  int kernel;  ///< of the depthwise convolution
  int wide;    ///< channels inside
  int out;
  bool squeeze;  ///< with a squeeze-excitation
  Activation act;
  int stride;
};

/// 1x1 convolution to more channels, convolution of each by itself,
/// squeeze-excitation, 1x1 convolution to few channels; the input is added
/// where it has the same shape.
class MobileNetV3Block final : public Layer {
 public:
  MobileNetV3Block(
      int in, const MobileNetV3Row& row, BranchDrop drop, at::Generator& g)
      : block_(make<Sequential>("block")),
        shortcut_(row.stride == 1 && in == row.out),
        drop_(drop) {
    const int wide = row.wide;
    if (wide != in) {
      add_conv({in, wide, 1}, row.act, g);
    }
    add_conv(
        {wide, wide, row.kernel, row.stride, (row.kernel - 1) / 2, wide},
        row.act,
        g);
    if (row.squeeze) {
      block_->add<SqueezeExcite>(
          wide,
          round_channels(wide / 4),
          SqueezeExciteActivations{activation::relu, activation::hardsigmoid},
          g);
    }
    add_conv({wide, row.out, 1}, nullptr, g);
  }

  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override {
    const at::Tensor y = block_->forward(x, pass);
    return shortcut_ ? drop_(y, pass).add_(x) : y;
  }

 private:
  void add_conv(const ConvOptions& conv, Activation act, at::Generator& g) {
    block_->add<ConvNorm>(ConvNormOptions{conv, kMobileNetV3Norm, act}, g);
  }

  std::shared_ptr<Sequential> block_;
  bool shortcut_;
  BranchDrop drop_;
};

struct MobileNetV3Shape {
  std::vector<MobileNetV3Row> rows;
  int hidden;  ///< of the classifier
};

class MobileNetV3 final : public TwoPartNet {
 public:
  MobileNetV3(Build& b, const MobileNetV3Shape& shape)
      : features_(make<Sequential>("features")),
        classifier_(make<Sequential>("classifier")) {
    const int dropout_layer = b.next_random_layer();
    BranchDrops drops(b, static_cast<int>(shape.rows.size()));
    int channels = 16;
    add_conv({b.options.channels, channels, 3, 2, 1}, b.generator);
    for (const MobileNetV3Row& row : shape.rows) {
      features_->add<MobileNetV3Block>(
          channels, row, drops.next(), b.generator);
      channels = row.out;
    }
    const int last = 6 * channels;
    add_conv({channels, last, 1}, b.generator);
    classifier_->append(thin_linear(last, shape.hidden, b.generator));
    classifier_->then(activation::hardswish);
    classifier_->add<Dropout>(b.options.dropout_or(0.2), dropout_layer);
    classifier_->append(
        thin_linear(shape.hidden, b.options.classes, b.generator));
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
  void add_conv(const ConvOptions& conv, at::Generator& g) {
    features_->add<ConvNorm>(
        ConvNormOptions{conv, kMobileNetV3Norm, activation::hardswish}, g);
  }

  std::shared_ptr<Sequential> features_, classifier_;
};

NetEntry mobilenet_v3_entry(
    const NetFacts& own, const MobileNetV3Shape& shape) {
  NetFacts facts = own;
  facts.input_px = 224;
  facts.minimum_px = 1;
  facts.head = "classifier.3.";
  facts.batch_norm = true;
  facts.stochastic_depth = true;
  facts.source = "torchvision, IMAGENET1K_V1";
  return {facts, [shape](const NetOptions& options) {
            return build_net<MobileNetV3>(options, shape);
          }};
}

}  // namespace

std::vector<NetEntry> mobilenet_v3_family() {
  constexpr Activation re = activation::relu;  // as the tables abbreviate
  constexpr Activation hs = activation::hardswish;
  const MobileNetV3Shape small{
      {{3, 16, 16, true, re, 2},
       {3, 72, 24, false, re, 2},
       {3, 88, 24, false, re, 1},
       {5, 96, 40, true, hs, 2},
       {5, 240, 40, true, hs, 1},
       {5, 240, 40, true, hs, 1},
       {5, 120, 48, true, hs, 1},
       {5, 144, 48, true, hs, 1},
       {5, 288, 96, true, hs, 2},
       {5, 576, 96, true, hs, 1},
       {5, 576, 96, true, hs, 1}},
      1024};
  const MobileNetV3Shape large{
      {{3, 16, 16, false, re, 1},
       {3, 64, 24, false, re, 2},
       {3, 72, 24, false, re, 1},
       {5, 72, 40, true, re, 2},
       {5, 120, 40, true, re, 1},
       {5, 120, 40, true, re, 1},
       {3, 240, 80, false, hs, 2},
       {3, 200, 80, false, hs, 1},
       {3, 184, 80, false, hs, 1},
       {3, 184, 80, false, hs, 1},
       {3, 480, 112, true, hs, 1},
       {3, 672, 112, true, hs, 1},
       {5, 672, 160, true, hs, 2},
       {5, 960, 160, true, hs, 1},
       {5, 960, 160, true, hs, 1}},
      1280};
  return {
      mobilenet_v3_entry(
          {.name = "mobilenet_v3_small",
           .layers = 54,
           .parameters = 2542856,
           .macs = 56510400,
           .top1 = 67.668,
           .top5 = 87.402},
          small),
      mobilenet_v3_entry(
          {.name = "mobilenet_v3_large",
           .layers = 64,
           .parameters = 5483032,
           .macs = 216589760,
           .top1 = 74.042,
           .top5 = 91.340},
          large)};
}

}  // namespace convoy
