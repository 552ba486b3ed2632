#include "trainer/loop/features.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "data/errors.h"
#include "tests/support/thread_world.h"
#include "trainer/loop/feature_plan.h"

namespace convoy {
namespace {

constexpr std::uint64_t kSamples = 11;

/// Samples whose label is twice their number; one may be damaged.
class Made final : public Dataset {
 public:
  explicit Made(std::uint64_t damaged = kSamples) : damaged_(damaged) {}

  std::uint64_t size() const override { return kSamples; }

  void read(std::uint64_t index, Sample& sample) const override {
    if (index == damaged_) {
      throw BadData("damaged");
    }
    sample.label = static_cast<std::int64_t>(2 * index);
  }

 private:
  std::uint64_t damaged_;
};

constexpr ImageShape kShape{3, 32, 32};

/// Waves whose frequency tells the sample, so that no two are alike.
MakeTransform waves() {
  return [] {
    return [](const Sample&, const SampleRef& ref, float* out) {
      for (std::int64_t i = 0; i < kShape.values(); ++i) {
        out[i] = static_cast<float>(
            std::sin(0.01 * static_cast<double>(i * (ref.index + 1))));
      }
    };
  };
}

Model head_alone(const std::string& net, double stochastic_depth = -1) {
  return Model(
      {.net = net,
       .options =
           {.classes = 3, .stochastic_depth = stochastic_depth, .seed = 7},
       .fine_tune = {.mode = FineTuneMode::head}});
}

/// Those of all samples on each rank, in the order 10, 9, ..., 0.
std::vector<DeviceBatch> compute(int ranks, int threads = 2) {
  std::vector<DeviceBatch> all(static_cast<std::size_t>(ranks));
  testing::run_worlds(ranks, [&](World& world) {
    const Model model = head_alone("squeezenet1_1");
    const auto features = Features::compute(
        {Made(), waves(), kShape, /*block=*/4, /*workers=*/1, threads},
        model,
        Precision::fp32,
        world);
    all[static_cast<std::size_t>(world.rank())] = features->take(
        at::arange(static_cast<std::int64_t>(kSamples), at::kLong).flip(0));
  });
  return all;
}

TEST(Features, AreThoseOfEachSampleWhateverTheRanksAndThreads) {
  const DeviceBatch one = compute(1, 1)[0];
  EXPECT_TRUE(one.are_features);
  EXPECT_TRUE(one.images.is_contiguous(at::MemoryFormat::ChannelsLast));
  for (const int ranks : {1, 2, 3, 5}) {  // of 3 blocks
    for (const DeviceBatch& batch : compute(ranks)) {
      EXPECT_TRUE(at::equal(batch.images, one.images));
      EXPECT_TRUE(at::equal(batch.labels, one.labels));
    }
  }
  // And they are the network's.
  const Model model = head_alone("squeezenet1_1");
  std::vector<float> pixels(static_cast<std::size_t>(kShape.values()));
  waves()()(Sample{}, {.index = 10}, pixels.data());
  const c10::NoGradGuard guard;
  const at::Tensor expected = model.two_parts()->features(
      at::tensor(pixels).view({1, 32, 32, 3}).permute({0, 3, 1, 2}), Pass{});
  EXPECT_LT(
      one.images[0].sub(expected[0]).abs().max().item<double>(),
      1e-5 * expected.abs().max().item<double>());
  EXPECT_GT(expected.abs().max().item<double>(), 0);
  EXPECT_EQ(one.labels[0].item<std::int64_t>(), 20);
}

TEST(Features, AreNoneWhereASampleCantBeRead) {
  for (const int ranks : {1, 2}) {
    testing::run_worlds(ranks, [](World& world) {
      EXPECT_FALSE(Features::compute(
          {Made(9), waves(), kShape, 4, 1, 1, BadSamples::blank},
          head_alone("squeezenet1_1"),
          Precision::fp32,
          world));
    });
  }
}

TEST(Features, ComeInTheOrderOfTheSource) {
  testing::run_worlds(1, [](World& world) {
    const Model model = head_alone("cifar_resnet20");
    const auto features = Features::compute(
        {Made(), waves(), kShape, 4}, model, Precision::fp32, world);
    FeatureFeed feed(
        *features,
        [](std::uint64_t step) -> std::vector<SampleRef> {
          return {{step, 0}, {step + 3, 0}};
        },
        1,
        3);
    const auto first = feed.next();
    EXPECT_TRUE(at::equal(first->samples, at::tensor({1, 4}, at::kLong)));
    EXPECT_TRUE(at::equal(first->labels, at::tensor({2, 8}, at::kLong)));
    EXPECT_EQ(first->images.sizes(), (at::IntArrayRef{2, 64}));
    const auto hash = feed.take_samples_hash();
    EXPECT_TRUE(feed.next());
    EXPECT_NE(feed.take_samples_hash(), hash);
    EXPECT_FALSE(feed.next());
  });
}

TEST(Features, OfACopyAreItsSamplesUnderAnIdOfItsOwn) {
  testing::run_worlds(1, [](World& world) {
    const Model model = head_alone("cifar_resnet20");
    const auto features = Features::compute(
        {Made(), waves(), kShape, 4}, model, Precision::fp32, world);
    const SampleRef copy{.index = 3, .copy = 1};
    FeatureFeed feed(
        *features,
        [&](std::uint64_t) -> std::vector<SampleRef> {
          return {{3, 0}, copy};
        },
        0,
        1);
    const auto batch = feed.next();
    EXPECT_TRUE(at::equal(batch->images[0], batch->images[1]));
    EXPECT_TRUE(at::equal(batch->labels[0], batch->labels[1]));
    EXPECT_EQ(batch->samples[0].item<std::int64_t>(), 3);
    EXPECT_EQ(
        batch->samples[1].item<std::int64_t>(),
        static_cast<std::int64_t>(copy.id()));
  });
}

// Of every network that has two parts, the head lies in the second; so a
// network whose head alone is trained has a first part that learns nothing.
TEST(TwoParts, MakeTheWholeAndTheHeadLiesInTheSecond) {
  const at::Tensor pictures =
      at::arange(2 * 3 * 96 * 96, at::kFloat).sin().view({2, 3, 96, 96});
  int with_two_parts = 0;
  for (const char* name :
       {"alexnet",
        "alexnet_caffe",
        "vgg11",
        "vgg11_bn",
        "resnet18",
        "squeezenet1_0",
        "mobilenet_v2",
        "mobilenet_v3_small",
        "efficientnet_b0",
        "convnext_tiny",
        "cifar_resnet20"}) {
    const Model model = head_alone(name);
    const TwoPartNet* net = model.two_parts();
    ASSERT_NE(net, nullptr) << name;
    ++with_two_parts;
    const at::Tensor features = net->features(pictures, Pass{});
    EXPECT_FALSE(features.requires_grad()) << name;
    const at::Tensor before = features.clone();
    const at::Tensor logits = net->classify(features, Pass{});
    EXPECT_TRUE(at::equal(features, before)) << name;
    EXPECT_TRUE(logits.requires_grad()) << name;
    EXPECT_TRUE(at::equal(logits, model.net().forward(pictures, Pass{})))
        << name;
  }
  EXPECT_EQ(with_two_parts, 11);
  EXPECT_EQ(head_alone("googlenet").two_parts(), nullptr);
}

}  // namespace
}  // namespace convoy
