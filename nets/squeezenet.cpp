// SqueezeNet: Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x
// fewer parameters", arXiv 1602.07360 (1.0), and its authors' 1.1; names as
// torchvision's.

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/flatten.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>

#include <vector>

#include "nets/layers/conv_norm.h"
#include "nets/layers/dropout.h"
#include "nets/registry.h"

namespace convoy {
namespace {

std::shared_ptr<Conv2d> squeezenet_conv(ConvOptions options, at::Generator& g) {
  options.bias = true;
  auto conv = std::make_shared<Conv2d>(options, g);
  init_kaiming_uniform(conv->weight(), g);
  conv->bias().detach().zero_();
  return conv;
}

/// A 1x1 convolution to few channels, then 1x1 and 3x3 ones side by side.
class Fire final : public Layer {
 public:
  Fire(int in, int squeeze, int expand, at::Generator& g)
      : squeeze_(child("squeeze", squeezenet_conv({in, squeeze, 1}, g))),
        expand1x1_(
            child("expand1x1", squeezenet_conv({squeeze, expand, 1}, g))),
        expand3x3_(child(
            "expand3x3", squeezenet_conv({squeeze, expand, 3, 1, 1}, g))) {}

  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override {
    const at::Tensor few = at::relu(squeeze_->forward(x, pass));
    return at::cat(
        {at::relu(expand1x1_->forward(few, pass)),
         at::relu(expand3x3_->forward(few, pass))},
        1);
  }

 private:
  std::shared_ptr<Conv2d> squeeze_, expand1x1_, expand3x3_;
};

/// A fire module of these channels, or a pooling where they are 0.
struct FireStep {
  int squeeze = 0;
  int expand = 0;
};
constexpr FireStep kFirePool{};

struct SqueezeNetShape {
  ConvOptions stem;  ///< its input channels are the pictures'
  std::vector<FireStep> steps;
};

at::Tensor fire_pool(const at::Tensor& x) {
  return at::max_pool2d(x, {3, 3}, {2, 2}, {0, 0}, {1, 1}, /*ceil_mode=*/true);
}

class SqueezeNet final : public TwoPartNet {
 public:
  SqueezeNet(Build& b, const SqueezeNetShape& shape)
      : features_(make<Sequential>("features")),
        classifier_(make<Sequential>("classifier")) {
    ConvOptions stem = shape.stem;
    stem.in = b.options.channels;
    features_->append(squeezenet_conv(stem, b.generator));
    features_->then(activation::relu);
    int channels = stem.out;
    for (const FireStep& step : shape.steps) {
      if (step.expand == 0) {
        features_->then(fire_pool);
        continue;
      }
      features_->add<Fire>(channels, step.squeeze, step.expand, b.generator);
      channels = 2 * step.expand;
    }
    add_classifier(b, channels);
  }

  at::Tensor features(
      const at::Tensor& images, const Pass& pass) const override {
    return features_->forward(images, pass);
  }

  at::Tensor classify(
      const at::Tensor& features, const Pass& pass) const override {
    return at::flatten(classifier_->forward(features, pass), 1);
  }

 private:
  void add_classifier(Build& b, int channels) {
    classifier_->add<Dropout>(b.options.dropout_or(0.5), b.next_random_layer());
    const auto last = classifier_->append(
        squeezenet_conv({channels, b.options.classes, 1}, b.generator));
    init_normal(last->weight(), 0, 0.01, b.generator);
    classifier_->then(activation::relu);
    classifier_->then([](const at::Tensor& x) {
      return at::adaptive_avg_pool2d(x, {1, 1});
    });
  }

  std::shared_ptr<Sequential> features_, classifier_;
};

NetEntry squeezenet_entry(const NetFacts& own, const SqueezeNetShape& shape) {
  NetFacts facts = own;
  facts.input_px = 224;
  facts.head = "classifier.1.";
  facts.source = "torchvision, IMAGENET1K_V1";
  return {facts, [shape](const NetOptions& options) {
            return build_net<SqueezeNet>(options, shape);
          }};
}

}  // namespace

std::vector<NetEntry> squeezenet_family() {
  const SqueezeNetShape first{
      {0, 96, 7, 2},
      {kFirePool,
       {16, 64},
       {16, 64},
       {32, 128},
       kFirePool,
       {32, 128},
       {48, 192},
       {48, 192},
       {64, 256},
       kFirePool,
       {64, 256}}};
  const SqueezeNetShape second{
      {0, 64, 3, 2},
      {kFirePool,
       {16, 64},
       {16, 64},
       kFirePool,
       {32, 128},
       {32, 128},
       kFirePool,
       {48, 192},
       {48, 192},
       {64, 256},
       {64, 256}}};
  return {
      squeezenet_entry(
          {.name = "squeezenet1_0",
           .minimum_px = 21,
           .layers = 26,
           .parameters = 1248424,
           .macs = 818924576,
           .top1 = 58.092,
           .top5 = 80.420},
          first),
      squeezenet_entry(
          {.name = "squeezenet1_1",
           .minimum_px = 17,
           .layers = 26,
           .parameters = 1235496,
           .macs = 349151936,
           .top1 = 58.178,
           .top5 = 80.624},
          second)};
}

}  // namespace convoy
