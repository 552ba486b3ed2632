// GoogLeNet: Szegedy et al., "Going deeper with convolutions", CVPR 2015, with
// batch norm; names and arithmetic as torchvision's. So are two deviations from
// the paper, which its weights want: 3x3 where the paper has 5x5 convolutions,
// and a fourth pooling of 2x2. In training two auxiliary heads give logits too.

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/flatten.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>
#include <fmt/format.h>

#include <vector>

#include "nets/inception_modules.h"
#include "nets/inception_parts.h"
#include "nets/layers/average_pool.h"
#include "nets/layers/dropout.h"
#include "nets/registry.h"

namespace convoy {
namespace {

constexpr double kGoogLeNetDeviation = 0.01;  // of the initial weights

std::shared_ptr<BasicConv2d> googlenet_conv(
    const ConvOptions& options, at::Generator& g) {
  return std::make_shared<BasicConv2d>(options, kGoogLeNetDeviation, g);
}

at::Tensor googlenet_pool(const at::Tensor& x, int kernel) {
  return at::max_pool2d(
      x, {kernel, kernel}, {2, 2}, {0, 0}, {1, 1}, /*ceil_mode=*/true);
}

class GoogLeNetModule final : public Layer {
 public:
  GoogLeNetModule(int in, const InceptionModule& m, at::Generator& g)
      : branches_{
            child("branch1", googlenet_conv({in, m.one, 1}, g)),
            child("branch2", reduced(in, m.three_reduce, m.three, g)),
            child("branch3", reduced(in, m.five_reduce, m.five, g)),
            child("branch4", pooled(in, m.pool, g))} {}

  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override {
    std::vector<at::Tensor> parts;
    for (const auto& branch : branches_) {
      parts.push_back(branch->forward(x, pass));
    }
    return at::cat(parts, 1);
  }

 private:
  static std::shared_ptr<Sequential> reduced(
      int in, int reduced, int out, at::Generator& g) {
    auto branch = std::make_shared<Sequential>();
    branch->append(googlenet_conv({in, reduced, 1}, g));
    branch->append(googlenet_conv({reduced, out, 3, 1, 1}, g));
    return branch;
  }
  static std::shared_ptr<Sequential> pooled(int in, int out, at::Generator& g) {
    auto branch = std::make_shared<Sequential>();
    branch->then([](const at::Tensor& x) {
      return at::max_pool2d(x, {3, 3}, {1, 1}, {1, 1});
    });
    branch->append(googlenet_conv({in, out, 1}, g));
    return branch;
  }

  std::vector<std::shared_ptr<Layer>> branches_;
};

class GoogLeNetAuxiliary final : public Layer {
 public:
  GoogLeNetAuxiliary(int in, Build& b)
      : conv_(child("conv", googlenet_conv({in, 128, 1}, b.generator))),
        fc1_(child("fc1", linear(128 * 4 * 4, 1024, b))),
        fc2_(child("fc2", linear(1024, b.options.classes, b))),
        dropout_(b.options.dropout_or(0.7), b.next_random_layer()) {}

  at::Tensor forward(const at::Tensor& in, const Pass& pass) const override {
    at::Tensor x = conv_->forward(average_to(in, 4), pass);
    x = at::relu(fc1_->forward(at::flatten(x, 1), pass));
    return fc2_->forward(dropout_.forward(x, pass), pass);
  }

 private:
  static std::shared_ptr<Linear> linear(int in, int out, Build& b) {
    return normal_linear(in, out, kGoogLeNetDeviation, b.generator);
  }

  std::shared_ptr<BasicConv2d> conv_;
  std::shared_ptr<Linear> fc1_, fc2_;
  Dropout dropout_;
};

class GoogLeNet final : public Net {
 public:
  explicit GoogLeNet(Build& b)
      : transform_(b.options),
        conv1_(stem("conv1", {b.options.channels, 64, 7, 2, 3}, b)),
        conv2_(stem("conv2", {64, 64, 1}, b)),
        conv3_(stem("conv3", {64, kInceptionInput, 3, 1, 1}, b)),
        dropout_(b.options.dropout_or(0.2), b.next_random_layer()) {
    int channels = kInceptionInput;
    for (const InceptionModule& m : kInceptionModules) {
      modules_.push_back(make<GoogLeNetModule>(
          fmt::format("inception{}", m.name), channels, m, b.generator));
      channels = m.out();
    }
    for (const InceptionModule& m : kInceptionModules) {
      if (m.auxiliary_head) {
        heads_.push_back(make<GoogLeNetAuxiliary>(
            fmt::format("aux{}", heads_.size() + 1), m.out(), b));
      }
    }
    fc_ = child(
        "fc",
        normal_linear(
            channels, b.options.classes, kGoogLeNetDeviation, b.generator));
  }

  Logits logits(const at::Tensor& images, const Pass& pass) const override {
    Logits all;
    at::Tensor x = conv1_->forward(transform_(images), pass);
    x = conv2_->forward(googlenet_pool(x, 3), pass);
    x = googlenet_pool(conv3_->forward(x, pass), 3);
    for (std::size_t i = 0; i < modules_.size(); ++i) {
      const InceptionModule& m = kInceptionModules[i];
      x = modules_[i]->forward(x, pass);
      if (m.auxiliary_head && pass.training) {
        const auto& head = heads_[all.auxiliary.size()];
        all.auxiliary.push_back(head->forward(x, pass));
      }
      if (m.pooling) {
        x = googlenet_pool(x, m.name == "4e" ? 2 : 3);
      }
    }
    x = at::flatten(at::adaptive_avg_pool2d(x, {1, 1}), 1);
    all.main = fc_->forward(dropout_.forward(x, pass), pass);
    return all;
  }

 private:
  std::shared_ptr<BasicConv2d> stem(
      const char* name, const ConvOptions& options, Build& b) {
    return child(name, googlenet_conv(options, b.generator));
  }

  InputTransform transform_;
  std::shared_ptr<BasicConv2d> conv1_, conv2_, conv3_;
  Dropout dropout_;
  std::vector<std::shared_ptr<GoogLeNetModule>> modules_;
  std::vector<std::shared_ptr<GoogLeNetAuxiliary>> heads_;
  std::shared_ptr<Linear> fc_;
};

}  // namespace

std::vector<NetEntry> googlenet_family() {
  const NetFacts facts{
      .name = "googlenet",
      .input_px = 224,
      .minimum_px = 15,
      .head = "fc.",
      .auxiliary_heads = {"aux1.fc2.", "aux2.fc2."},
      .batch_norm = true,
      .auxiliary_weight = 0.3,
      .transform_input = true,
      .layers = 64,
      .parameters = 13004888,
      .macs = 1498376192,
      .top1 = 69.778,
      .top5 = 89.530,
      .source = "torchvision, IMAGENET1K_V1"};
  return {{facts, [](const NetOptions& o) { return build_net<GoogLeNet>(o); }}};
}

}  // namespace convoy
