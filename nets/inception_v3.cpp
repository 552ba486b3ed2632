// Inception v3: Szegedy et al., "Rethinking the Inception architecture for
// computer vision", CVPR 2016; names and arithmetic as torchvision's. In
// training an auxiliary head gives logits too. torchvision's needs 299 px for
// that; here it reads smaller pictures as well.

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/flatten.h>
#include <ATen/ops/max_pool2d.h>

#include <utility>
#include <vector>

#include "nets/inception_parts.h"
#include "nets/inception_v3_modules.h"
#include "nets/layers/average_pool.h"
#include "nets/layers/dropout.h"
#include "nets/registry.h"

namespace convoy {
namespace {

class InceptionV3Auxiliary final : public Layer {
 public:
  InceptionV3Auxiliary(int in, int classes, at::Generator& g)
      : conv0_(make<BasicConv2d>(
            "conv0", ConvOptions{in, 128, 1}, kInceptionV3Deviation, g)),
        conv1_(make<BasicConv2d>(
            "conv1", ConvOptions{128, 768, 5}, kInceptionV3Deviation, g)),
        fc_(child("fc", normal_linear(768, classes, 0.001, g))) {}

  at::Tensor forward(const at::Tensor& in, const Pass& pass) const override {
    at::Tensor x = conv0_->forward(pool(in), pass);
    x = at::adaptive_avg_pool2d(conv1_->forward(x, pass), {1, 1});
    return fc_->forward(at::flatten(x, 1), pass);
  }

 private:
  /// To 5 x 5 from 17 x 17, as from 299 px. The 5x5 convolution behind wants
  /// as much from smaller maps.
  static at::Tensor pool(const at::Tensor& x) {
    if (x.size(2) < 17 || x.size(3) < 17) {
      return average_to(x, 5);
    }
    return at::avg_pool2d(x, {5, 5}, {3, 3});
  }

  std::shared_ptr<BasicConv2d> conv0_, conv1_;
  std::shared_ptr<Linear> fc_;
};

at::Tensor inception_v3_pool(const at::Tensor& x) {
  return at::max_pool2d(x, {3, 3}, {2, 2});
}

class InceptionV3 final : public Net {
 public:
  explicit InceptionV3(Build& b)
      : transform_(b.options),
        conv1a_(stem("Conv2d_1a_3x3", {b.options.channels, 32, 3, 2}, b)),
        conv2a_(stem("Conv2d_2a_3x3", {32, 32, 3}, b)),
        conv2b_(stem("Conv2d_2b_3x3", {32, 64, 3, 1, 1}, b)),
        conv3b_(stem("Conv2d_3b_1x1", {64, 80, 1}, b)),
        conv4a_(stem("Conv2d_4a_3x3", {80, 192, 3}, b)),
        dropout_(b.options.dropout_or(0.5), b.next_random_layer()) {
    at::Generator& g = b.generator;
    int channels = 192;
    before_auxiliary_ = modules(
        {{"Mixed_5b", mixed_a(32)},
         {"Mixed_5c", mixed_a(64)},
         {"Mixed_5d", mixed_a(64)},
         {"Mixed_6a", mixed_b()},
         {"Mixed_6b", mixed_c(128)},
         {"Mixed_6c", mixed_c(160)},
         {"Mixed_6d", mixed_c(160)},
         {"Mixed_6e", mixed_c(192)}},
        channels,
        g);
    auxiliary_ =
        make<InceptionV3Auxiliary>("AuxLogits", channels, b.options.classes, g);
    after_auxiliary_ = modules(
        {{"Mixed_7a", mixed_d()},
         {"Mixed_7b", mixed_e()},
         {"Mixed_7c", mixed_e()}},
        channels,
        g);
    fc_ = child(
        "fc",
        normal_linear(channels, b.options.classes, kInceptionV3Deviation, g));
  }

  Logits logits(const at::Tensor& images, const Pass& pass) const override {
    Logits all;
    at::Tensor x = conv1a_->forward(transform_(images), pass);
    x = conv2b_->forward(conv2a_->forward(x, pass), pass);
    x = conv3b_->forward(inception_v3_pool(x), pass);
    x = inception_v3_pool(conv4a_->forward(x, pass));
    for (const auto& module : before_auxiliary_) {
      x = module->forward(x, pass);
    }
    if (pass.training) {
      all.auxiliary.push_back(auxiliary_->forward(x, pass));
    }
    for (const auto& module : after_auxiliary_) {
      x = module->forward(x, pass);
    }
    x = at::flatten(at::adaptive_avg_pool2d(x, {1, 1}), 1);
    all.main = fc_->forward(dropout_.forward(x, pass), pass);
    return all;
  }

 private:
  using Modules = std::vector<std::shared_ptr<MixedModule>>;

  std::shared_ptr<BasicConv2d> stem(
      const char* name, const ConvOptions& options, Build& b) {
    return make<BasicConv2d>(name, options, kInceptionV3Deviation, b.generator);
  }

  /// `channels`: of the input, then of the result.
  Modules modules(
      const std::vector<std::pair<const char*, MixedPlan>>& plans,
      int& channels,
      at::Generator& g) {
    Modules row;
    for (const auto& [name, plan] : plans) {
      row.push_back(make<MixedModule>(name, channels, plan, g));
      channels = row.back()->out();
    }
    return row;
  }

  InputTransform transform_;
  std::shared_ptr<BasicConv2d> conv1a_, conv2a_, conv2b_, conv3b_, conv4a_;
  Dropout dropout_;
  Modules before_auxiliary_, after_auxiliary_;
  std::shared_ptr<InceptionV3Auxiliary> auxiliary_;
  std::shared_ptr<Linear> fc_;
};

}  // namespace

std::vector<NetEntry> inception_v3_family() {
  const NetFacts facts{
      .name = "inception_v3",
      .input_px = 299,
      .minimum_px = 75,
      .head = "fc.",
      .auxiliary_heads = {"AuxLogits.fc."},
      .batch_norm = true,
      .auxiliary_weight = 0.4,
      .transform_input = true,
      .resize_px = 342,
      .layers = 98,
      .parameters = 27161264,
      .macs = 5713216096,
      .top1 = 77.294,
      .top5 = 93.450,
      .source = "torchvision, IMAGENET1K_V1"};
  return {
      {facts, [](const NetOptions& o) { return build_net<InceptionV3>(o); }}};
}

}  // namespace convoy
