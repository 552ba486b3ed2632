// Our networks' initial values against torchvision's: for each tensor of the
// state mean, mean magnitude and standard deviation, over 20 seeds.
//
// The rule: a figure's mean over the seeds has a sampling error, its standard
// deviation over the seeds divided by sqrt(20); the difference of ours and
// theirs has the root of the sum of both squares. Differences must lie within
// 3 of these sigmas. Where distributions are equal, one figure in 200 lies
// beyond by chance (Student's t, 38 degrees of freedom) and one in 75000 beyond
// 5. So one in 200 may, and by chance four standard deviations of that number
// and one more, as long as it lies within 5: of hundreds of figures (resnet152)
// some nine. What is the same from every seed must be equal.

#include <ATen/Parallel.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>

#include "nets/registry.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

constexpr int kSeeds = 20;
constexpr double kSame = 1e-12;  ///< room for sums of equal values

/// [3]: mean, mean magnitude, standard deviation. Where a truncated normal is
/// drawn from the lowest of uniform numbers, the inverse error function is
/// infinite and the value lands on the cut-off, 2: rounding, many deviations
/// away, and left out.
at::Tensor figures_of(const at::Tensor& tensor) {
  const at::Tensor x = tensor.masked_select(tensor.abs().ne(2));
  return at::tensor(
      {x.mean(at::kDouble).item<double>(),
       x.abs().mean(at::kDouble).item<double>(),
       x.std(/*unbiased=*/false).item<double>()},
      at::kDouble);
}

/// [kSeeds, tensors, 3].
at::Tensor our_figures(const NetEntry& entry) {
  std::vector<at::Tensor> seeds;
  for (int seed = 0; seed < kSeeds; ++seed) {
    const auto net =
        entry.build({.classes = 7, .seed = static_cast<std::uint64_t>(seed)});
    std::vector<at::Tensor> tensors;
    for (const NamedTensor& named : net->state()) {
      if (named.tensor.is_floating_point()) {
        tensors.push_back(figures_of(named.tensor));
      }
    }
    seeds.push_back(at::stack(tensors));
  }
  return at::stack(seeds);
}

/// The same of torchvision's.
at::Tensor their_figures(const std::string& net) {
  const testing::TempDir folder;
  const std::string command = fmt::format(
      "{} {}/tests/nets/init_oracle.py {} {} {}",
      CONVOY_PYTHON,
      CONVOY_SOURCE_DIR,
      net,
      kSeeds,
      folder.path().string());
  if (std::system(command.c_str()) != 0) {
    throw std::runtime_error(command);
  }
  std::ifstream file(folder / "figures.bin", std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const auto count = static_cast<std::int64_t>(bytes.size() / sizeof(double));
  return at::from_blob(
             bytes.data(), {kSeeds, count / kSeeds / 3, 3}, at::kDouble)
      .clone();
}

class Init : public ::testing::TestWithParam<const char*> {};

TEST_P(Init, DrawsEachTensorAsTorchvisionDoes) {
  at::set_num_threads(1);
  const c10::NoGradGuard guard;
  const at::Tensor ours = our_figures(find_net(GetParam()));
  const at::Tensor theirs = their_figures(GetParam());
  ASSERT_EQ(ours.sizes(), theirs.sizes());
  const at::Tensor off = ours.mean({0}).sub(theirs.mean({0})).abs();
  const at::Tensor sigmas =
      ours.var({0}, /*unbiased=*/true, /*keepdim=*/false)
          .add(theirs.var({0}, /*unbiased=*/true, /*keepdim=*/false))
          .div(kSeeds)
          .sqrt();
  int drawn = 0;
  int beyond = 0;
  for (std::int64_t i = 0; i < off.numel(); ++i) {
    const double difference = off.flatten()[i].item<double>();
    const double sigma = sigmas.flatten()[i].item<double>();
    const std::string place = fmt::format("tensor {}, figure {}", i / 3, i % 3);
    if (sigma < kSame) {
      EXPECT_LE(difference, kSame) << place;
      continue;
    }
    EXPECT_LE(difference, 5 * sigma) << place;
    beyond += difference > 3 * sigma ? 1 : 0;
    ++drawn;
  }
  EXPECT_GT(drawn, 0);
  const double expected = drawn / 200.0;
  EXPECT_LE(beyond, 1 + expected + 4 * std::sqrt(expected));
}

/// One always; the others with --full. Of Caffe's networks caffe_nets_test.cpp
/// knows the fillers.
INSTANTIATE_TEST_SUITE_P(
    Quick, Init, ::testing::Values("squeezenet1_1"), [](const auto& it) {
      return it.param;
    });

INSTANTIATE_TEST_SUITE_P(
    Full,
    Init,
    ::testing::Values(
        "alexnet",
        "resnet18",
        "resnet34",
        "resnet50",
        "resnet101",
        "resnet152",
        "resnext50_32x4d",
        "resnext101_32x8d",
        "wide_resnet50_2",
        "wide_resnet101_2",
        "vgg11",
        "vgg11_bn",
        "vgg13",
        "vgg13_bn",
        "vgg16",
        "vgg16_bn",
        "vgg19",
        "vgg19_bn",
        "squeezenet1_0",
        "mobilenet_v2",
        "mobilenet_v3_small",
        "mobilenet_v3_large",
        "efficientnet_b0",
        "efficientnet_b1",
        "efficientnet_b2",
        "efficientnet_b3",
        "efficientnet_b4",
        "convnext_tiny",
        "convnext_small",
        "convnext_base",
        "cifar_resnet20",
        "cifar_resnet32",
        "cifar_resnet44",
        "cifar_resnet56",
        "googlenet",
        "inception_v3"),
    [](const auto& it) { return it.param; });

}  // namespace
}  // namespace convoy
