// The residual networks for CIFAR: He et al., "Deep residual learning for image
// recognition", CVPR 2016, section 4.2, with shortcuts of kind A, which have no
// parameters. Names are those of the common PyTorch versions: conv1, bn1,
// layer1.0.conv1 and so on, linear.

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/flatten.h>

#include <array>

#include "nets/branch_drop.h"
#include "nets/layers/batch_norm.h"
#include "nets/layers/conv.h"
#include "nets/layers/linear.h"
#include "nets/registry.h"

namespace convoy {
namespace {

std::shared_ptr<Conv2d> cifar_conv(
    int in, int out, int stride, at::Generator& g) {
  auto conv = std::make_shared<Conv2d>(ConvOptions{in, out, 3, stride, 1}, g);
  init_kaiming_fan_in(conv->weight(), g);
  return conv;
}

/// Every second pixel of x [N, C, H, W], among as many channels of zeros on
/// either side as make up `channels`.
at::Tensor subsample_and_widen(const at::Tensor& x, std::int64_t channels) {
  const at::Tensor half = x.slice(2, std::nullopt, std::nullopt, 2)
                              .slice(3, std::nullopt, std::nullopt, 2);
  const std::int64_t side = (channels - x.size(1)) / 2;
  return at::constant_pad_nd(half, {0, 0, 0, 0, side, side});
}

/// Two 3x3 convolutions beside a shortcut. A block that halves the picture
/// doubles the channels.
class CifarBlock final : public Layer {
 public:
  CifarBlock(int in, int out, BranchDrop drop, at::Generator& g)
      : halves_(in != out),
        drop_(drop),
        conv1_(child("conv1", cifar_conv(in, out, halves_ ? 2 : 1, g))),
        bn1_(make<BatchNorm2d>("bn1", out)),
        conv2_(child("conv2", cifar_conv(out, out, 1, g))),
        bn2_(make<BatchNorm2d>("bn2", out)) {}

  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override {
    at::Tensor y = bn1_->forward(conv1_->forward(x, pass), pass).relu_();
    y = drop_(bn2_->forward(conv2_->forward(y, pass), pass), pass);
    y.add_(halves_ ? subsample_and_widen(x, y.size(1)) : x);
    return y.relu_();
  }

 private:
  bool halves_;
  BranchDrop drop_;
  std::shared_ptr<Conv2d> conv1_;
  std::shared_ptr<BatchNorm2d> bn1_;
  std::shared_ptr<Conv2d> conv2_;
  std::shared_ptr<BatchNorm2d> bn2_;
};

/// 6 n + 2 layers: n blocks in each of three stages.
class CifarResNet final : public TwoPartNet {
 public:
  CifarResNet(Build& b, int n)
      : conv1_(
            child("conv1", cifar_conv(b.options.channels, 16, 1, b.generator))),
        bn1_(make<BatchNorm2d>("bn1", 16)),
        dropout_(b.options.dropout_or(0)),
        random_layer_(b.next_random_layer()) {
    BranchDrops drops(b, static_cast<int>(stages_.size()) * n);
    int channels = 16;
    for (std::size_t s = 0; s < stages_.size(); ++s) {
      stages_[s] = make<Sequential>("layer" + std::to_string(s + 1));
      for (int i = 0; i < n; ++i) {
        const int out = 16 << s;
        stages_[s]->add<CifarBlock>(channels, out, drops.next(), b.generator);
        channels = out;
      }
    }
    linear_ = make<Linear>("linear", channels, b.options.classes, b.generator);
    init_kaiming_fan_in(linear_->weight(), b.generator);
  }

  at::Tensor features(
      const at::Tensor& images, const Pass& pass) const override {
    at::Tensor x = bn1_->forward(conv1_->forward(images, pass), pass).relu_();
    for (const auto& stage : stages_) {
      x = stage->forward(x, pass);
    }
    return at::flatten(at::adaptive_avg_pool2d(x, {1, 1}), 1);
  }

  at::Tensor classify(
      const at::Tensor& features, const Pass& pass) const override {
    return linear_->forward(
        dropout(features, dropout_, pass, random_layer_), pass);
  }

 private:
  std::shared_ptr<Conv2d> conv1_;
  std::shared_ptr<BatchNorm2d> bn1_;
  double dropout_;
  int random_layer_;
  std::array<std::shared_ptr<Sequential>, 3> stages_;
  std::shared_ptr<Linear> linear_;
};

NetEntry cifar_resnet_entry(const NetFacts& own, int n) {
  NetFacts facts = own;
  facts.input_px = 32;
  facts.minimum_px = 1;
  facts.head = "linear.";
  facts.batch_norm = true;
  facts.stochastic_depth = true;
  facts.resize_px = 32;
  facts.source = "He et al. 2015, table 6 (CIFAR-10)";
  return {facts, [n](const NetOptions& options) {
            return build_net<CifarResNet>(options, n);
          }};
}

}  // namespace

std::vector<NetEntry> cifar_resnet_family() {
  return {
      cifar_resnet_entry(
          {.name = "cifar_resnet20",
           .layers = 20,
           .parameters = 334072,
           .macs = 40614400,
           .top1 = 91.25},
          3),
      cifar_resnet_entry(
          {.name = "cifar_resnet32",
           .layers = 32,
           .parameters = 528504,
           .macs = 68925952,
           .top1 = 92.49},
          5),
      cifar_resnet_entry(
          {.name = "cifar_resnet44",
           .layers = 44,
           .parameters = 722936,
           .macs = 97237504,
           .top1 = 92.83},
          7),
      cifar_resnet_entry(
          {.name = "cifar_resnet56",
           .layers = 56,
           .parameters = 917368,
           .macs = 125549056,
           .top1 = 93.03},
          9)};
}

}  // namespace convoy
