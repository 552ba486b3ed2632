// ConvNeXt: Liu et al., "A ConvNet for the 2020s", CVPR 2022; names as
// torchvision's.

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/flatten.h>
#include <ATen/ops/full.h>
#include <ATen/ops/gelu.h>

#include <array>
#include <numeric>

#include "nets/layers/conv.h"
#include "nets/layers/dropout.h"
#include "nets/layers/layer_norm.h"
#include "nets/layers/linear.h"
#include "nets/registry.h"

namespace convoy {
namespace {

constexpr double kConvNextEpsilon = 1e-6;

/// Draws what every convolution and linear layer of the family starts with.
template <class L>
std::shared_ptr<L> convnext_start(std::shared_ptr<L> layer, at::Generator& g) {
  init_truncated_normal(layer->weight(), 0.02, 2, g);
  layer->bias().detach().zero_();
  return layer;
}

std::shared_ptr<Conv2d> convnext_conv(ConvOptions options, at::Generator& g) {
  options.bias = true;
  return convnext_start(std::make_shared<Conv2d>(options, g), g);
}

std::shared_ptr<Linear> convnext_linear(int in, int out, at::Generator& g) {
  return convnext_start(std::make_shared<Linear>(in, out, g), g);
}

/// Depthwise 7x7 convolution, then for each pixel layer norm and two linear
/// layers over its channels; scaled by channel, left out of some samples by
/// stochastic depth, and added to the input.
class ConvNextBlock final : public Layer {
 public:
  ConvNextBlock(int channels, double drop, Build& b)
      : scale_(parameter("layer_scale", at::full({channels, 1, 1}, 1e-6))),
        block_(make<Sequential>("block")),
        drop_(drop),
        random_layer_(b.next_random_layer()) {
    at::Generator& g = b.generator;
    block_->append(convnext_conv({channels, channels, 7, 1, 3, channels}, g));
    block_->then([](const at::Tensor& x) { return x.permute({0, 2, 3, 1}); });
    block_->add<LayerNorm>(channels, kConvNextEpsilon);
    block_->append(convnext_linear(channels, 4 * channels, g));
    block_->then([](const at::Tensor& x) { return at::gelu(x); });
    block_->append(convnext_linear(4 * channels, channels, g));
    block_->then([](const at::Tensor& x) { return x.permute({0, 3, 1, 2}); });
  }

  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override {
    const at::Tensor y = scale_.mul(block_->forward(x, pass));
    return stochastic_depth(y, drop_, pass, random_layer_).add_(x);
  }

 private:
  at::Tensor scale_;
  std::shared_ptr<Sequential> block_;
  double drop_;
  int random_layer_;
};

/// Layer norm of the means, and the logits.
class ConvNextHead final : public Layer {
 public:
  ConvNextHead(int channels, Build& b)
      : norm_(make<LayerNorm2d>("0", channels, kConvNextEpsilon)),
        dropout_(b.options.dropout_or(0)),
        random_layer_(b.next_random_layer()),
        linear_(child(
            "2", convnext_linear(channels, b.options.classes, b.generator))) {}

  at::Tensor forward(const at::Tensor& means, const Pass& pass) const override {
    const at::Tensor x = at::flatten(norm_->forward(means, pass), 1);
    return linear_->forward(dropout(x, dropout_, pass, random_layer_), pass);
  }

 private:
  std::shared_ptr<LayerNorm2d> norm_;
  double dropout_;
  int random_layer_;
  std::shared_ptr<Linear> linear_;
};

struct ConvNextShape {
  std::array<int, 4> channels;
  std::array<int, 4> blocks;
  double drop;  ///< stochastic depth of the last block
};

class ConvNext final : public TwoPartNet {
 public:
  ConvNext(Build& b, const ConvNextShape& shape)
      : features_(make<Sequential>("features")) {
    add_features(b, shape);
    classifier_ = make<ConvNextHead>("classifier", shape.channels.back(), b);
  }

  at::Tensor features(
      const at::Tensor& images, const Pass& pass) const override {
    const at::Tensor maps = features_->forward(images, pass);
    return at::adaptive_avg_pool2d(maps, {1, 1});
  }

  at::Tensor classify(
      const at::Tensor& features, const Pass& pass) const override {
    return classifier_->forward(features, pass);
  }

 private:
  /// Before each stage a convolution whose windows do not overlap; the
  /// probability of leaving a branch out grows in equal steps from 0.
  void add_features(Build& b, const ConvNextShape& shape) {
    const double drop = b.options.stochastic_depth_or(shape.drop);
    const int blocks =
        std::accumulate(shape.blocks.begin(), shape.blocks.end(), 0);
    int index = 0;
    int channels = b.options.channels;
    for (std::size_t s = 0; s < shape.blocks.size(); ++s) {
      const int out = shape.channels[s];
      const auto entry = features_->add<Sequential>();
      if (s == 0) {
        entry->append(convnext_conv({channels, out, 4, 4}, b.generator));
        entry->add<LayerNorm2d>(out, kConvNextEpsilon);
      } else {
        entry->add<LayerNorm2d>(channels, kConvNextEpsilon);
        entry->append(convnext_conv({channels, out, 2, 2}, b.generator));
      }
      channels = out;
      const auto stage = features_->add<Sequential>();
      for (int i = 0; i < shape.blocks[s]; ++i, ++index) {
        stage->add<ConvNextBlock>(channels, drop * index / (blocks - 1), b);
      }
    }
  }

  std::shared_ptr<Sequential> features_;
  std::shared_ptr<ConvNextHead> classifier_;
};

NetEntry convnext_entry(const NetFacts& own, const ConvNextShape& shape) {
  NetFacts facts = own;
  facts.input_px = 224;
  facts.minimum_px = 32;
  facts.head = "classifier.2.";
  facts.stochastic_depth = true;
  facts.source = "torchvision, IMAGENET1K_V1";
  return {facts, [shape](const NetOptions& options) {
            return build_net<ConvNext>(options, shape);
          }};
}

}  // namespace

std::vector<NetEntry> convnext_family() {
  return {
      convnext_entry(
          {.name = "convnext_tiny",
           .resize_px = 236,
           .layers = 59,
           .parameters = 28589128,
           .macs = 4455531264,
           .top1 = 82.520,
           .top5 = 96.146},
          {{96, 192, 384, 768}, {3, 3, 9, 3}, 0.1}),
      convnext_entry(
          {.name = "convnext_small",
           .resize_px = 230,
           .layers = 113,
           .parameters = 50223688,
           .macs = 8683712256,
           .top1 = 83.616,
           .top5 = 96.650},
          {{96, 192, 384, 768}, {3, 3, 27, 3}, 0.4}),
      convnext_entry(
          {.name = "convnext_base",
           .resize_px = 232,
           .layers = 113,
           .parameters = 88591464,
           .macs = 15354729472,
           .top1 = 84.062,
           .top5 = 96.870},
          {{128, 256, 512, 1024}, {3, 3, 27, 3}, 0.5})};
}

}  // namespace convoy
