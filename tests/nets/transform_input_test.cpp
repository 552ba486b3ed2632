#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/inception_parts.h"
#include "nets/registry.h"

namespace convoy {
namespace {

at::Tensor by_channel(const std::vector<float>& values) {
  return at::tensor(values).view({1, 3, 1, 1});
}

/// Pictures in 0..1, normalised with ImageNet's means and deviations.
at::Tensor normalised(const at::Tensor& pictures) {
  return pictures.sub(by_channel({0.485f, 0.456f, 0.406f}))
      .div(by_channel({0.229f, 0.224f, 0.225f}));
}

at::Tensor random_pictures(int px) {
  return at::rand({2, 3, px, px}, at::detail::createCPUGenerator(8));
}

TEST(TransformInput, BringsImageNetsNormalisationToHalfAndHalf) {
  const auto pictures = random_pictures(5);
  const auto images = normalised(pictures);
  const auto before = images.clone();
  const InputTransform transform({.transform_input = true});
  EXPECT_TRUE(transform(images).allclose(pictures.sub(0.5).div(0.5), 0, 1e-6));
  EXPECT_TRUE(images.equal(before)) << "the caller's pictures were changed";
}

TEST(TransformInput, IsOffUnlessAskedFor) {
  const auto images = random_pictures(5);
  EXPECT_TRUE(InputTransform(NetOptions{})(images).is_same(images));
}

TEST(TransformInput, RefusesGrayPictures) {
  EXPECT_THAT(
      [] {
        find_net("googlenet").build({.channels = 1, .transform_input = 1});
      },
      ::testing::ThrowsMessage<std::invalid_argument>(
          ::testing::HasSubstr("3 channels")));
}

TEST(TransformInput, ComesBeforeTheFirstLayerWhereWeightsDemandIt) {
  const c10::NoGradGuard guard;
  for (const NetEntry& entry : registered_nets()) {
    if (!entry.facts.transform_input) {
      continue;
    }
    const auto images =
        normalised(random_pictures(entry.facts.minimum_px + 80));
    const auto logits = [&](bool transform, const at::Tensor& input) {
      // In training batch norm lets the small initial values through.
      return entry
          .build({.classes = 5, .dropout = 0, .transform_input = transform})
          ->forward(input, Pass{.training = true});
    };
    const auto transformed = InputTransform({.transform_input = true})(images);
    const auto ours = logits(true, images);
    EXPECT_TRUE(ours.equal(logits(false, transformed))) << entry.facts.name;
    EXPECT_FALSE(ours.equal(logits(false, images))) << entry.facts.name;
  }
}

}  // namespace
}  // namespace convoy
