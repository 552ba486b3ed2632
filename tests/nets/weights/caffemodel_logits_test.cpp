// A .caffemodel in its network, on RGB pictures, computes what Caffe does on
// BGR.

#include <ATen/Parallel.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include "nets/registry.h"
#include "nets/weights/match.h"
#include "nets/weights/weights.h"
#include "tests/support/files.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

struct CaffeCase {
  const char* net;
  const char* generation;
  int pixels;
};

class CaffeLogits : public ::testing::TestWithParam<CaffeCase> {
 protected:
  void SetUp() override {
    at::set_num_threads(1);
    const CaffeCase& c = GetParam();
    testing::run_python(
        "nets/weights/caffemodel_oracle.py",
        {c.net,
         std::to_string(c.pixels),
         folder_.path().string(),
         c.generation});
    pictures_ =
        read("pictures.bin", at::kByte).view({2, 3, c.pixels, c.pixels});
    logits_ = read("logits.bin", at::kFloat).view({2, 7});
  }

  at::Tensor read(const std::string& name, at::ScalarType type) const {
    auto bytes = testing::read_bytes(folder_ / name);
    const auto count =
        static_cast<std::int64_t>(bytes.size() / c10::elementSize(type));
    return at::from_blob(bytes.data(), {count}, at::TensorOptions(type))
        .clone();
  }

  /// Of the network with the file's weights in this order of channels, on
  /// pictures prepared by the network's facts.
  at::Tensor logits_of(const at::Tensor& images, ChannelOrder order) const {
    const c10::NoGradGuard guard;
    const auto net = find_net(GetParam().net).build({.classes = 7});
    const Weights weights =
        read_weights(std::filesystem::path(folder_ / "net.caffemodel"), order);
    const Match match = match_weights(net->state(), weights.tensors);
    EXPECT_TRUE(match.is_full()) << describe_match(match);
    copy_matched(net->state(), weights.tensors, match);
    return net->forward(images, Pass{});
  }

  /// As data/augment/normalize.h computes it from the facts.
  at::Tensor prepared() const {
    const PixelFacts& facts = find_net(GetParam().net).facts.pixels;
    at::Tensor images = pictures_.to(at::kFloat);
    for (int c = 0; c < 3; ++c) {
      images.select(1, c)
          .sub_(255 * facts.mean[c])
          .div_(255 * facts.deviation[c]);
    }
    return images;
  }

  double distance(const at::Tensor& ours) const {
    return ours.sub(logits_).abs().max().item<double>() /
           logits_.abs().max().item<double>();
  }

  testing::TempDir folder_;
  at::Tensor pictures_;
  at::Tensor logits_;
};

TEST_P(CaffeLogits, EqualCaffesFromTheSameWeightsAndPictures) {
  const at::Tensor images = prepared();
  EXPECT_LE(distance(logits_of(images, ChannelOrder::rgb)), 2e-5);
  EXPECT_LE(
      distance(logits_of(at::flip(images, {1}), ChannelOrder::bgr)), 2e-5);
  EXPECT_GE(distance(logits_of(images, ChannelOrder::bgr)), 1e-2);
}

/// One always; the other, whose file is large, with --full.
INSTANTIATE_TEST_SUITE_P(
    Quick,
    CaffeLogits,
    ::testing::Values(CaffeCase{"googlenet_caffe", "new", 224}),
    [](const auto& it) { return it.param.net; });

INSTANTIATE_TEST_SUITE_P(
    Full,
    CaffeLogits,
    ::testing::Values(CaffeCase{"alexnet_caffe", "v1", 227}),
    [](const auto& it) { return it.param.net; });

}  // namespace
}  // namespace convoy
