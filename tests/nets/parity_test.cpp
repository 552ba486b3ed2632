// Our networks against torchvision's, and Caffe's against PyTorch's layers,
// from the same weights: names, shapes, order, eval logits, gradients and ten
// training steps.

#include <ATen/Parallel.h>
#include <ATen/ops/add.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "nets/registry.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

struct Case {
  const char* net;
  int given_px = 0;  ///< 0: the network's own
  int batch = 2;

  int pixels() const {
    return given_px > 0 ? given_px : find_net(net).facts.input_px;
  }
};

at::Tensor read(
    const std::filesystem::path& path, at::ScalarType type = at::kFloat) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const auto n =
      static_cast<std::int64_t>(bytes.size() / c10::elementSize(type));
  return at::from_blob(bytes.data(), {n}, at::TensorOptions(type)).clone();
}

class Parity : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    at::set_num_threads(1);
    const Case& c = GetParam();
    const std::string command = fmt::format(
        "{} {}/tests/nets/torchvision_oracle.py {} {} {} {} {}",
        CONVOY_PYTHON,
        CONVOY_SOURCE_DIR,
        c.net,
        c.pixels(),
        c.batch,
        folder_.path().string(),
        find_net(c.net).facts.auxiliary_weight);
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    net_ = find_net(c.net).build(
        {.classes = 7, .dropout = 0, .stochastic_depth = 0});
    images_ =
        read(folder_ / "input.bin").view({c.batch, 3, c.pixels(), c.pixels()});
    labels_ = read(folder_ / "labels.bin", at::kLong);
  }

  /// Asserts that names, shapes and order agree, then copies the values.
  void load_state() {
    const auto values = read(folder_ / "state.bin");
    std::ifstream lines(folder_ / "state.txt");
    std::int64_t offset = 0;
    for (const NamedTensor& entry : net_->state()) {
      std::string line;
      std::getline(lines, line);
      ASSERT_EQ(
          fmt::format(
              "{} {}", entry.name, fmt::join(entry.tensor.sizes(), "x")),
          line);
      if (entry.tensor.is_floating_point()) {
        const auto n = entry.tensor.numel();
        entry.tensor.detach().copy_(
            values.narrow(0, offset, n).view(entry.tensor.sizes()));
        offset += n;
      }
    }
    std::string rest;
    EXPECT_FALSE(std::getline(lines, rest)) << "missing: " << rest;
    EXPECT_EQ(offset, values.numel());
  }

  at::Tensor loss_of(const Logits& logits) const {
    at::Tensor loss = at::cross_entropy_loss(logits.main, labels_);
    for (const at::Tensor& one : logits.auxiliary) {
      loss = loss.add(
          at::cross_entropy_loss(one, labels_),
          find_net(GetParam().net).facts.auxiliary_weight);
    }
    return loss;
  }

  std::vector<at::Tensor> parameters() const {
    std::vector<at::Tensor> all;
    for (const NamedTensor& entry : net_->state()) {
      if (entry.is_parameter) {
        all.push_back(entry.tensor);
      }
    }
    return all;
  }

  /// Eval logits, gradients and the losses of ten steps, which train the net.
  void compare_ten_steps();

  /// Channels-last takes other kernels, whose sums are rounded otherwise; in 64
  /// bits only a mistake is large enough to be seen. Turns the net to 64 bits.
  void compare_channels_last_in_64_bits();

  testing::TempDir folder_;
  std::unique_ptr<Net> net_;
  at::Tensor images_;
  at::Tensor labels_;
};

/// The largest difference over the largest value, or over 1.
double distance(const at::Tensor& ours, const at::Tensor& theirs) {
  EXPECT_EQ(ours.numel(), theirs.numel());
  const double size = theirs.abs().max().item<double>();
  return ours.sub(theirs).abs().max().item<double>() / std::max(1.0, size);
}

/// Asserts that a figure is at most `most`, and keeps it for docs/networks.md.
void expect_within(const char* what, double figure, double most) {
  EXPECT_LE(figure, most) << what;
  ::testing::Test::RecordProperty(what, fmt::format("{:.1e}", figure));
}

at::Tensor gradients(const std::vector<at::Tensor>& parameters) {
  std::vector<at::Tensor> flat;
  for (const at::Tensor& p : parameters) {
    flat.push_back(p.grad().flatten());
  }
  return at::cat(flat);
}

void Parity::compare_ten_steps() {
  {
    const c10::NoGradGuard guard;
    const at::Tensor logits = net_->forward(images_, Pass{}).flatten();
    expect_within(
        "logits", distance(logits, read(folder_ / "logits.bin")), 1e-6);
  }
  const auto all = parameters();
  std::vector<at::Tensor> momenta;
  const auto losses = read(folder_ / "losses.bin");
  double curve = 0;
  for (int step = 0; step < 10; ++step) {
    const at::Tensor loss =
        loss_of(net_->logits(images_, Pass{.training = true}));
    curve = std::max(
        curve, std::abs(loss.item<double>() - losses[step].item<double>()));
    loss.backward();
    if (step == 0) {
      expect_within(
          "gradients",
          distance(gradients(all), read(folder_ / "grads.bin")),
          1e-6);
    }
    const c10::NoGradGuard guard;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (step == 0) {
        momenta.push_back(all[i].grad().clone());
      } else {
        momenta[i].mul_(0.9).add_(all[i].grad());
      }
      all[i].add_(momenta[i], -0.01);
      all[i].mutable_grad().reset();
    }
  }
  expect_within("ten_losses", curve, 1e-6);
}

void Parity::compare_channels_last_in_64_bits() {
  for (const NamedTensor& entry : net_->state()) {
    if (entry.tensor.is_floating_point()) {
      const auto format = entry.tensor.dim() == 4
                              ? at::MemoryFormat::ChannelsLast
                              : at::MemoryFormat::Contiguous;
      at::Tensor tensor = entry.tensor;
      tensor.set_data(entry.tensor.detach().to(at::kDouble).contiguous(format));
    }
  }
  images_ = images_.to(at::kDouble).contiguous(at::MemoryFormat::ChannelsLast);
  loss_of(net_->logits(images_, Pass{.training = true})).backward();
  const at::Tensor theirs = read(folder_ / "grads64.bin", at::kDouble);
  const at::Tensor difference = gradients(parameters()).sub(theirs);
  expect_within(
      "gradients64",
      difference.norm().item<double>() / theirs.norm().item<double>(),
      1e-9);
}

/// One test, since what takes long is asking PyTorch.
TEST_P(Parity, HoldsForStateLogitsGradientsTenStepsAndChannelsLast) {
  ASSERT_NO_FATAL_FAILURE(load_state());
  compare_ten_steps();
  ASSERT_NO_FATAL_FAILURE(load_state());
  compare_channels_last_in_64_bits();
}

/// Two of different kinds on small pictures; with --full the others, on
/// pictures of their own size.
INSTANTIATE_TEST_SUITE_P(
    Quick,
    Parity,
    ::testing::Values(
        Case{"resnet18", 64, 3}, Case{"mobilenet_v3_small", 64, 2}),
    [](const auto& it) { return it.param.net; });

INSTANTIATE_TEST_SUITE_P(
    Full,
    Parity,
    ::testing::Values(
        Case{"resnet18"},
        Case{"mobilenet_v3_small"},
        Case{"alexnet"},
        Case{"resnet34"},
        Case{"resnet50"},
        Case{"resnet101"},
        Case{"resnet152"},
        Case{"resnext50_32x4d"},
        Case{"resnext101_32x8d"},
        Case{"wide_resnet50_2"},
        Case{"wide_resnet101_2"},
        Case{"vgg11"},
        Case{"vgg11_bn"},
        Case{"vgg13"},
        Case{"vgg13_bn"},
        Case{"vgg16"},
        Case{"vgg16_bn"},
        Case{"vgg19"},
        Case{"vgg19_bn"},
        Case{"squeezenet1_0"},
        Case{"squeezenet1_1"},
        Case{"mobilenet_v2"},
        Case{"mobilenet_v3_large"},
        Case{"efficientnet_b0"},
        Case{"efficientnet_b1"},
        Case{"efficientnet_b2"},
        Case{"efficientnet_b3"},
        Case{"efficientnet_b4"},
        Case{"convnext_tiny"},
        Case{"convnext_small"},
        Case{"convnext_base"},
        Case{"cifar_resnet20"},
        Case{"cifar_resnet32"},
        Case{"cifar_resnet44"},
        Case{"cifar_resnet56"},
        Case{"googlenet"},
        Case{"inception_v3"},
        Case{"alexnet_caffe"},
        Case{"googlenet_caffe"}),
    [](const auto& it) { return it.param.net; });

}  // namespace
}  // namespace convoy
