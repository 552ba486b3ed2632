#include "trainer/loop/unfreezing.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "data/loader/batches.h"
#include "nets/stages.h"
#include "tests/support/thread_world.h"
#include "trainer/loop/train_step.h"
#include "trainer/report/trained.h"

namespace convoy {
namespace {

FineTuneOptions head_then_more() {
  return {.mode = FineTuneMode::head, .unfreeze = {"layer3=2", "all=4"}};
}

Model small_net(const FineTuneOptions& fine_tune) {
  return Model(
      {.net = "cifar_resnet20",
       .options = {.classes = 3, .seed = 7},
       .fine_tune = fine_tune});
}

TEST(Unfreezing, IsTakenApartStrictly) {
  EXPECT_EQ(parse_unfreezing("layer3=2")->layer, "layer3");
  EXPECT_EQ(parse_unfreezing("layer3=2")->epochs, 2);
  EXPECT_EQ(parse_unfreezing("all=10")->layer, "");
  for (const char* wrong :
       {"",
        "layer3",
        "=2",
        "layer3=",
        "layer3=0",
        "layer3=-1",
        "layer3=1.5",
        "layer3=2 ",
        "layer3=x"}) {
    EXPECT_FALSE(parse_unfreezing(wrong)) << wrong;
  }
}

TEST(Unfreezing, TrainsMoreWhenItsEpochsAreDoneAndNeverLess) {
  Model model = small_net(head_then_more());
  EXPECT_EQ(model.trained().size(), 2u);
  EXPECT_FALSE(model.train_after(1));
  EXPECT_TRUE(model.train_after(2));
  EXPECT_EQ(model.trained().front().name.substr(0, 7), "layer3.");
  EXPECT_FALSE(model.statistics().empty());
  EXPECT_FALSE(model.train_after(3));
  EXPECT_TRUE(model.train_after(4));
  EXPECT_EQ(model.trained().front().name, "conv1.weight");
  // A run that goes on comes here at once.
  Model late = small_net(head_then_more());
  EXPECT_TRUE(late.train_after(9));
  EXPECT_EQ(late.trained().size(), model.trained().size());
}

TEST(Unfreezing, LeavesBatchNormFrozenWhenAsked) {
  FineTuneOptions options = head_then_more();
  options.freeze_batch_norm = true;
  Model model = small_net(options);
  EXPECT_TRUE(model.train_after(4));
  EXPECT_TRUE(model.statistics().empty());
  for (const NamedTensor& entry : model.trained()) {
    EXPECT_EQ(entry.name.find("bn"), std::string::npos) << entry.name;
  }
}

TEST(Unfreezing, KeepsWhatPartialTrains) {
  Model model = small_net(
      {.mode = FineTuneMode::partial,
       .last_layer = "layer1",
       .unfreeze = {"layer3=1"}});
  model.train_after(1);
  EXPECT_EQ(
      describe_trained(model),
      "218195 of 269267 parameters: conv1 to layer1.2, layer3.0 to linear");
}

TEST(DescribeTrained, CountsAndNamesStages) {
  Model model = small_net(head_then_more());
  EXPECT_EQ(describe_trained(model), "195 of 269267 parameters: linear");
  model.train_after(4);
  EXPECT_EQ(describe_trained(model), "all 269267 parameters");
}

TEST(StageOf, IsTheLayerUpToTheSecondDot) {
  EXPECT_EQ(stage_of("layer1.0.conv1.weight"), "layer1.0");
  EXPECT_EQ(stage_of("features.0.weight"), "features.0");
  EXPECT_EQ(stage_of("fc.weight"), "fc");
  EXPECT_EQ(stage_of("fc.bias"), "fc");
}

/// Three steps of the head, then three of more; what each rank has after both.
struct Phase {
  std::map<std::string, at::Tensor> before, after;
};

std::map<std::string, at::Tensor> copy_state(const TrainStep& step) {
  std::map<std::string, at::Tensor> all;
  for (const NamedTensor& entry : step.state()) {
    all[entry.name] = entry.tensor.detach().clone();
  }
  return all;
}

std::vector<Phase> train_in_two_phases(int ranks) {
  constexpr std::int64_t kBatch = 12;
  const at::Tensor images = at::arange(kBatch * 3 * 32 * 32, at::kFloat)
                                .mul(0.37)
                                .sin()
                                .reshape({kBatch, 3, 32, 32});
  const DeviceBatch all{
      images.contiguous(at::MemoryFormat::ChannelsLast),
      at::arange(kBatch).remainder(3),
      at::arange(kBatch)};
  Config config;
  config.optimizer = {.lr = 0.01, .momentum = 0.9};
  config.fine_tune = head_then_more();
  std::vector<Phase> phases(static_cast<std::size_t>(ranks));
  testing::run_worlds(ranks, [&](World& world) {
    Model model = small_net(config.fine_tune);
    TrainStep step(config, Precision::fp32, model, world);
    const auto clock = make_phase_clock(c10::kCPU);
    const Share share = share_of(
        {0, kBatch},
        static_cast<std::uint64_t>(ranks),
        static_cast<std::uint64_t>(world.rank()));
    const DeviceBatch mine = all.narrow(
        static_cast<std::int64_t>(share.begin),
        static_cast<std::int64_t>(share.size()));
    const auto take = [&](int first) {
      for (int s = first; s < first + 3; ++s) {
        step.run(mine, {.step = s, .global_batch = kBatch, .lr = 0.01}, *clock);
      }
    };
    Phase& mine_left = phases[static_cast<std::size_t>(world.rank())];
    take(0);
    mine_left.before = copy_state(step);
    ASSERT_TRUE(model.train_after(2));
    step.train_more();
    const auto joined = copy_state(step);
    for (const auto& [name, tensor] : mine_left.before) {
      EXPECT_TRUE(at::equal(tensor, joined.at(name))) << name;
    }
    EXPECT_EQ(
        joined.at("optimizer.momentum.layer3.0.conv1.weight")
            .abs()
            .max()
            .item<float>(),
        0);
    take(3);
    mine_left.after = copy_state(step);
  });
  return phases;
}

TEST(Unfreezing, KeepsWhatWasTrainedAndTrainsTheRestAlikeOnEveryRank) {
  for (const int ranks : {1, 2, 3}) {
    const auto phases = train_in_two_phases(ranks);
    const Phase& first = phases[0];
    EXPECT_FALSE(
        first.before.contains("optimizer.momentum.layer3.0.conv1.weight"));
    const auto moved = [&](const char* name) {
      return !at::equal(first.before.at(name), first.after.at(name));
    };
    EXPECT_TRUE(moved("net.layer3.0.conv1.weight"));
    EXPECT_TRUE(moved("net.layer3.0.bn1.running_mean"));
    EXPECT_FALSE(moved("net.layer2.0.conv1.weight"));
    EXPECT_FALSE(moved("net.layer2.0.bn1.running_mean"));
    for (const Phase& rank : phases) {
      for (const auto& [name, tensor] : first.after) {
        EXPECT_TRUE(at::equal(tensor, rank.after.at(name))) << name;
      }
    }
  }
}

}  // namespace
}  // namespace convoy
