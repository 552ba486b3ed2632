// Residual networks: He et al., "Deep residual learning for image recognition",
// CVPR 2016; Xie et al., "Aggregated residual transformations" (ResNeXt), CVPR
// 2017; Zagoruyko and Komodakis, "Wide residual networks", BMVC 2016; names and
// arithmetic as torchvision's (stride in the 3x3 convolution of a bottleneck).

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/flatten.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>

#include <array>
#include <numeric>
#include <vector>

#include "nets/branch_drop.h"
#include "nets/layers/batch_norm.h"
#include "nets/layers/conv.h"
#include "nets/layers/init.h"
#include "nets/layers/linear.h"
#include "nets/registry.h"

namespace convoy {
namespace {

std::shared_ptr<Conv2d> he_conv(const ConvOptions& options, at::Generator& g) {
  auto conv = std::make_shared<Conv2d>(options, g);
  init_kaiming_fan_out(conv->weight(), g);
  return conv;
}

struct BlockOptions {
  int in = 0;      ///< channels of the input
  int planes = 0;  ///< channels inside
  int out = 0;     ///< channels of the result
  int stride = 1;
  int groups = 1;  ///< of the 3x3 convolution of a bottleneck
  BranchDrop drop = {};
};

/// 1x1 convolution and norm that bring the shortcut to the block's shape.
class Downsample : public Module {
 public:
  Downsample(const BlockOptions& o, at::Generator& g)
      : conv_(child("0", he_conv({o.in, o.out, 1, o.stride}, g))),
        norm_(make<BatchNorm2d>("1", o.out)) {}

  at::Tensor forward(const at::Tensor& x, const Pass& pass) const {
    return norm_->forward(conv_->forward(x, pass), pass);
  }

 private:
  std::shared_ptr<Conv2d> conv_;
  std::shared_ptr<BatchNorm2d> norm_;
};

/// relu(body(x) + shortcut(x)).
class Block : public Layer {
 public:
  explicit Block(const BlockOptions& o) : drop_(o.drop) {}

  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override {
    at::Tensor y = drop_(body(x, pass), pass);
    y.add_(downsample_ ? downsample_->forward(x, pass) : x);
    return y.relu_();
  }

 protected:
  virtual at::Tensor body(const at::Tensor& x, const Pass& pass) const = 0;

  void add_shortcut(const BlockOptions& o, at::Generator& g) {
    if (o.stride != 1 || o.in != o.out) {
      downsample_ = make<Downsample>("downsample", o, g);
    }
  }

 private:
  BranchDrop drop_;
  std::shared_ptr<Downsample> downsample_;
};

class BasicBlock final : public Block {
 public:
  BasicBlock(const BlockOptions& o, at::Generator& g)
      : Block(o),
        conv1_(child("conv1", he_conv({o.in, o.planes, 3, o.stride, 1}, g))),
        bn1_(make<BatchNorm2d>("bn1", o.planes)),
        conv2_(child("conv2", he_conv({o.planes, o.out, 3, 1, 1}, g))),
        bn2_(make<BatchNorm2d>("bn2", o.out)) {
    add_shortcut(o, g);
  }

 private:
  at::Tensor body(const at::Tensor& x, const Pass& pass) const override {
    const at::Tensor y = bn1_->forward(conv1_->forward(x, pass), pass).relu_();
    return bn2_->forward(conv2_->forward(y, pass), pass);
  }

  std::shared_ptr<Conv2d> conv1_;
  std::shared_ptr<BatchNorm2d> bn1_;
  std::shared_ptr<Conv2d> conv2_;
  std::shared_ptr<BatchNorm2d> bn2_;
};

class Bottleneck final : public Block {
 public:
  Bottleneck(const BlockOptions& o, at::Generator& g)
      : Block(o),
        conv1_(child("conv1", he_conv({o.in, o.planes, 1}, g))),
        bn1_(make<BatchNorm2d>("bn1", o.planes)),
        conv2_(child(
            "conv2",
            he_conv({o.planes, o.planes, 3, o.stride, 1, o.groups}, g))),
        bn2_(make<BatchNorm2d>("bn2", o.planes)),
        conv3_(child("conv3", he_conv({o.planes, o.out, 1}, g))),
        bn3_(make<BatchNorm2d>("bn3", o.out)) {
    add_shortcut(o, g);
  }

 private:
  at::Tensor body(const at::Tensor& x, const Pass& pass) const override {
    at::Tensor y = bn1_->forward(conv1_->forward(x, pass), pass).relu_();
    y = bn2_->forward(conv2_->forward(y, pass), pass).relu_();
    return bn3_->forward(conv3_->forward(y, pass), pass);
  }

  std::shared_ptr<Conv2d> conv1_;
  std::shared_ptr<BatchNorm2d> bn1_;
  std::shared_ptr<Conv2d> conv2_;
  std::shared_ptr<BatchNorm2d> bn2_;
  std::shared_ptr<Conv2d> conv3_;
  std::shared_ptr<BatchNorm2d> bn3_;
};

struct ResNetShape {
  std::array<int, 4> blocks;  ///< by stage
  int expansion;         ///< channels out of a block over those of its stage
  int groups = 1;        ///< of the 3x3 convolutions
  int group_width = 64;  ///< channels of a group in the first stage
};

template <class BlockKind>
std::shared_ptr<Sequential> make_stage(
    int& channels,
    int planes,
    const ResNetShape& shape,
    int index,
    BranchDrops& drops,
    at::Generator& g) {
  auto stage = std::make_shared<Sequential>();
  for (int b = 0; b < shape.blocks[index]; ++b) {
    const int stride = index > 0 && b == 0 ? 2 : 1;
    const int out = planes * shape.expansion;
    const int inside = planes * shape.group_width / 64 * shape.groups;
    stage->append(std::make_shared<BlockKind>(
        BlockOptions{channels, inside, out, stride, shape.groups, drops.next()},
        g));
    channels = out;
  }
  return stage;
}

template <class BlockKind>
class ResNet final : public TwoPartNet {
 public:
  ResNet(Build& b, const ResNetShape& shape)
      : conv1_(child(
            "conv1", he_conv({b.options.channels, 64, 7, 2, 3}, b.generator))),
        dropout_(b.options.dropout_or(0)),
        random_layer_(b.next_random_layer()),
        bn1_(make<BatchNorm2d>("bn1", 64)) {
    BranchDrops drops(
        b, std::accumulate(shape.blocks.begin(), shape.blocks.end(), 0));
    int channels = 64;
    for (int s = 0; s < 4; ++s) {
      stages_[s] = child(
          "layer" + std::to_string(s + 1),
          make_stage<BlockKind>(
              channels, 64 << s, shape, s, drops, b.generator));
    }
    fc_ = make<Linear>("fc", channels, b.options.classes, b.generator);
  }

  at::Tensor features(
      const at::Tensor& images, const Pass& pass) const override {
    at::Tensor x = bn1_->forward(conv1_->forward(images, pass), pass).relu_();
    x = at::max_pool2d(x, {3, 3}, {2, 2}, {1, 1});
    for (const auto& stage : stages_) {
      x = stage->forward(x, pass);
    }
    return at::flatten(at::adaptive_avg_pool2d(x, {1, 1}), 1);
  }

  at::Tensor classify(
      const at::Tensor& features, const Pass& pass) const override {
    return fc_->forward(dropout(features, dropout_, pass, random_layer_), pass);
  }

 private:
  std::shared_ptr<Conv2d> conv1_;
  double dropout_;
  int random_layer_;
  std::shared_ptr<BatchNorm2d> bn1_;
  std::array<std::shared_ptr<Sequential>, 4> stages_;
  std::shared_ptr<Linear> fc_;
};

struct PublishedResNet {
  std::string_view name;
  int layers;
  std::int64_t parameters;
  std::int64_t macs;
  double top1;
  double top5;
};

template <class BlockKind>
NetEntry resnet_entry(const PublishedResNet& p, const ResNetShape& shape) {
  return {
      {.name = p.name,
       .input_px = 224,
       .minimum_px = 1,
       .head = "fc.",
       .batch_norm = true,
       .stochastic_depth = true,
       .layers = p.layers,
       .parameters = p.parameters,
       .macs = p.macs,
       .top1 = p.top1,
       .top5 = p.top5,
       .source = "torchvision, IMAGENET1K_V1"},
      [shape](const NetOptions& options) {
        return build_net<ResNet<BlockKind>>(options, shape);
      }};
}

}  // namespace

std::vector<NetEntry> resnet_family() {
  const auto basic = resnet_entry<BasicBlock>;
  const auto deep = resnet_entry<Bottleneck>;
  return {
      basic(
          {"resnet18", 21, 11689512, 1814073344, 69.758, 89.078},
          {{2, 2, 2, 2}, 1}),
      basic(
          {"resnet34", 37, 21797672, 3663761408, 73.314, 91.420},
          {{3, 4, 6, 3}, 1}),
      deep(
          {"resnet50", 54, 25557032, 4089184256, 76.130, 92.862},
          {{3, 4, 6, 3}, 4}),
      deep(
          {"resnet101", 105, 44549160, 7801405440, 77.374, 93.546},
          {{3, 4, 23, 3}, 4}),
      deep(
          {"resnet152", 156, 60192808, 11513626624, 78.312, 94.046},
          {{3, 8, 36, 3}, 4}),
      deep(
          {"resnext50_32x4d", 54, 25028904, 4230479872, 77.618, 93.698},
          {{3, 4, 6, 3}, 4, 32, 4}),
      deep(
          {"resnext101_32x8d", 105, 88791336, 16414015488, 79.312, 94.526},
          {{3, 4, 23, 3}, 4, 32, 8}),
      deep(
          {"wide_resnet50_2", 54, 68883240, 11398021120, 78.468, 94.086},
          {{3, 4, 6, 3}, 4, 1, 128}),
      deep(
          {"wide_resnet101_2", 105, 126886696, 22753050624, 78.848, 94.284},
          {{3, 4, 23, 3}, 4, 1, 128}),
  };
}

}  // namespace convoy
