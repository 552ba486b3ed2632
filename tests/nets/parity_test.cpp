// Our networks against torchvision's, from the same weights: names, shapes,
// order, eval logits, gradients and ten training steps.

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "nets/registry.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

struct Case {
  const char* net;
  int pixels;
  int batch;
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
        "{} {}/tests/nets/torchvision_oracle.py {} {} {} {}",
        CONVOY_PYTHON,
        CONVOY_SOURCE_DIR,
        c.net,
        c.pixels,
        c.batch,
        folder_.path().string());
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    net_ = find_net(c.net).build({.classes = 7, .dropout = 0});
    images_ =
        read(folder_ / "input.bin").view({c.batch, 3, c.pixels, c.pixels});
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

  std::vector<at::Tensor> parameters() const {
    std::vector<at::Tensor> all;
    for (const NamedTensor& entry : net_->state()) {
      if (entry.is_parameter) {
        all.push_back(entry.tensor);
      }
    }
    return all;
  }

  testing::TempDir folder_;
  std::unique_ptr<Net> net_;
  at::Tensor images_;
  at::Tensor labels_;
};

void expect_close(const at::Tensor& ours, const at::Tensor& theirs) {
  ASSERT_EQ(ours.numel(), theirs.numel());
  const double difference = (ours.sub(theirs)).abs().max().item<double>();
  const double size = theirs.abs().max().item<double>();
  EXPECT_LE(difference, 1e-6 * std::max(1.0, size));
}

TEST_P(Parity, HoldsForStateLogitsGradientsAndTenSteps) {
  ASSERT_NO_FATAL_FAILURE(load_state());
  {
    const c10::NoGradGuard guard;
    expect_close(
        net_->forward(images_, Pass{}).flatten(), read(folder_ / "logits.bin"));
  }
  const auto all = parameters();
  std::vector<at::Tensor> momenta;
  const auto losses = read(folder_ / "losses.bin");
  for (int step = 0; step < 10; ++step) {
    const auto loss = at::cross_entropy_loss(
        net_->forward(images_, Pass{.training = true}), labels_);
    EXPECT_NEAR(loss.item<double>(), losses[step].item<double>(), 1e-6)
        << "step " << step;
    loss.backward();
    if (step == 0) {
      std::vector<at::Tensor> flat;
      for (const auto& p : all) {
        flat.push_back(p.grad().flatten());
      }
      expect_close(at::cat(flat), read(folder_ / "grads.bin"));
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
}

INSTANTIATE_TEST_SUITE_P(
    Torchvision,
    Parity,
    ::testing::Values(
        Case{"alexnet", 64, 2},
        Case{"resnet18", 64, 3},
        Case{"resnet50", 64, 2}),
    [](const auto& it) { return it.param.net; });

}  // namespace
}  // namespace convoy
