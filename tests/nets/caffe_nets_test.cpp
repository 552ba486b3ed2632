// Caffe's AlexNet and GoogLeNet: what its train_val.prototxt files say. Their
// arithmetic is in parity_test.cpp.

#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "nets/registry.h"

namespace convoy {
namespace {

std::vector<std::string> layers_of(const Net& net) {
  std::vector<std::string> layers;
  for (const NamedTensor& entry : net.state()) {
    const std::size_t dot = entry.name.rfind('.');
    const bool is_weight = entry.name.substr(dot) == ".weight";
    EXPECT_EQ(entry.name.substr(dot), is_weight ? ".weight" : ".bias");
    if (is_weight) {
      layers.push_back(entry.name.substr(0, dot));
    } else {
      EXPECT_EQ(entry.name.substr(0, dot), layers.back());
    }
  }
  return layers;
}

std::int64_t macs_at(const char* net, int px) {
  const c10::NoGradGuard guard;
  std::int64_t macs = 0;
  find_net(net).build({})->forward(
      at::zeros({1, 3, px, px}), Pass{.macs = &macs});
  return macs;
}

TEST(CaffeAlexNet, NamesItsLayersAsCaffe) {
  EXPECT_THAT(
      layers_of(*find_net("alexnet_caffe").build({})),
      ::testing::ElementsAre(
          "conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8"));
}

TEST(CaffeAlexNet, RoundsThePooledSizesUp) {
  // Maps of 54, 27 and 13 from 224 px: rounded down, the poolings would give
  // 26 and 12.
  const std::int64_t convolutions =
      96LL * 3 * 11 * 11 * 54 * 54 + 256LL * 48 * 5 * 5 * 27 * 27 +
      384LL * 256 * 3 * 3 * 13 * 13 + 384LL * 192 * 3 * 3 * 13 * 13 +
      256LL * 192 * 3 * 3 * 13 * 13;
  const std::int64_t linear = 9216LL * 4096 + 4096LL * 4096 + 4096LL * 1000;
  EXPECT_EQ(macs_at("alexnet_caffe", 224), convolutions + linear);
}

TEST(CaffeGoogLeNet, NamesItsLayersAsCaffeWithDotsForSlashes) {
  std::vector<std::string> wanted{
      "conv1.7x7_s2", "conv2.3x3_reduce", "conv2.3x3"};
  for (const std::string stage :
       {"inception_3a",
        "inception_3b",
        "inception_4a",
        "loss1",
        "inception_4b",
        "inception_4c",
        "inception_4d",
        "loss2",
        "inception_4e",
        "inception_5a",
        "inception_5b"}) {
    const std::vector<std::string> layers =
        stage.starts_with("loss")
            ? std::vector<std::string>{"conv", "fc", "classifier"}
            : std::vector<std::string>{
                  "1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj"};
    for (const std::string& layer : layers) {
      wanted.push_back(stage + "." + layer);
    }
  }
  wanted.push_back("loss3.classifier");
  EXPECT_EQ(layers_of(*find_net("googlenet_caffe").build({})), wanted);
}

TEST(CaffeGoogLeNet, HasCaffesParametersBesidesTheTwoFurtherLosses) {
  std::int64_t main = 0;
  for (const NamedTensor& entry :
       find_net("googlenet_caffe").build({})->state()) {
    const bool further =
        entry.name.starts_with("loss1.") || entry.name.starts_with("loss2.");
    main += further ? 0 : entry.tensor.numel();
  }
  EXPECT_EQ(main, 6998552);
}

TEST(CaffeGoogLeNet, RoundsThePooledSizesUp) {
  // Maps from 224 px: rounded down, the poolings would give 55, 27, 13 and 6.
  const std::map<std::string, std::int64_t> maps{
      {"conv1", 112},
      {"conv2", 56},
      {"incep3", 28},
      {"incep4", 14},
      {"incep5", 7},
      {"loss1", 0},
      {"loss2", 0},
      {"loss3", 1}};
  std::int64_t macs = 0;
  for (const NamedTensor& entry :
       find_net("googlenet_caffe").build({})->state()) {
    if (entry.name.ends_with(".weight")) {
      const bool module = entry.name.starts_with("inception_");
      const std::int64_t side = maps.at(
          module ? "incep" + entry.name.substr(10, 1)
                 : entry.name.substr(0, 5));
      macs += entry.tensor.numel() * side * side;
    }
  }
  EXPECT_EQ(macs_at("googlenet_caffe", 224), macs);
}

struct Filler {
  double deviation;
  double bias;
};

void expect_filled(
    const std::vector<NamedTensor>& state,
    const std::string& layer,
    const Filler& filler) {
  for (const NamedTensor& entry : state) {
    const at::Tensor values = entry.tensor.detach().to(at::kDouble);
    if (entry.name == layer + ".weight") {
      const double share =
          values.std().item<double>() / filler.deviation;  // 1 and its error
      const double error = 5 / std::sqrt(2.0 * values.numel());
      EXPECT_NEAR(share, 1, error) << layer;
      EXPECT_NEAR(
          values.mean().item<double>(),
          0,
          5 * filler.deviation / std::sqrt(1.0 * values.numel()))
          << layer;
    } else if (entry.name == layer + ".bias") {
      EXPECT_NEAR(values.min().item<double>(), filler.bias, 1e-7) << layer;
      EXPECT_NEAR(values.max().item<double>(), filler.bias, 1e-7) << layer;
    }
  }
}

TEST(CaffeAlexNet, StartsFromCaffesFillers) {
  const auto state = find_net("alexnet_caffe").build({.seed = 4})->state();
  const std::map<std::string, Filler> fillers{
      {"conv1", {0.01, 0}},
      {"conv2", {0.01, 0.1}},
      {"conv3", {0.01, 0}},
      {"conv4", {0.01, 0.1}},
      {"conv5", {0.01, 0.1}},
      {"fc6", {0.005, 0.1}},
      {"fc7", {0.005, 0.1}},
      {"fc8", {0.01, 0}}};
  for (const auto& [layer, filler] : fillers) {
    expect_filled(state, layer, filler);
  }
}

TEST(CaffeGoogLeNet, StartsFromCaffesFillers) {
  const auto net = find_net("googlenet_caffe").build({.seed = 4});
  const auto state = net->state();
  for (const NamedTensor& entry : state) {
    const std::size_t dot = entry.name.rfind('.');
    if (entry.name.substr(dot) != ".weight") {
      continue;
    }
    // Xavier: uniform within the root of 3 / fan-in, of variance 1 / fan-in.
    const auto fan_in =
        static_cast<double>(entry.tensor.numel() / entry.tensor.size(0));
    const std::string layer = entry.name.substr(0, dot);
    const bool classifier = layer.ends_with("classifier");
    expect_filled(state, layer, {1 / std::sqrt(fan_in), classifier ? 0 : 0.2});
    EXPECT_LE(
        entry.tensor.abs().max().item<double>(),
        std::sqrt(3 / fan_in) * (1 + 1e-6));
  }
}

}  // namespace
}  // namespace convoy
