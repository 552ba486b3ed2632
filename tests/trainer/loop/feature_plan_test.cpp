#include "trainer/loop/feature_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/small_database.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FeaturePlans : public ::testing::Test {
 protected:
  FeaturePlans() {
    data_.train.dataset = std::make_unique<LmdbDataset>(
        testing::write_small_database(folder_ / "train.lmdb", {.records = 20}),
        LmdbDatasetOptions{});
    data_.val.dataset = std::make_unique<LmdbDataset>(
        testing::write_small_database(folder_ / "val.lmdb", {.records = 50}),
        LmdbDatasetOptions{});
    config_.net.name = "cifar_resnet20";
    config_.fine_tune.mode = FineTuneMode::head;
    config_.augment.crop = Crop::none;
    config_.augment.flip_horizontal = 0;
    config_.augment.crop_px = config_.eval.crop_px = 32;
    config_.eval.block = 8;
    config_.precision = Precision::fp32;  // on processors with bf16 too
  }

  FeaturePlan plan(int ranks = 2, RunLength length = {5, 10}) const {
    const Model model(
        {.net = config_.net.name,
         .options =
             {.classes = 5, .stochastic_depth = config_.net.stochastic_depth},
         .fine_tune = config_.fine_tune});
    return plan_features(config_, data_, model, ranks, length);
  }

  const testing::TempDir folder_;
  RunData data_;
  Config config_;
};

// cifar_resnet20 makes 64 floats of a picture; 50 are 7 blocks of 8.
TEST_F(FeaturePlans, KeepEverythingWhereNothingIsRandom) {
  const FeaturePlan p = plan();
  EXPECT_TRUE(p.train);
  EXPECT_TRUE(p.val);
  EXPECT_EQ(
      p.note,
      "the frozen part of the network is computed once for each of 20 training "
      "pictures (0.00512 MB a rank); once for validation (0.00819 MB a rank)");
}

TEST_F(FeaturePlans, AreNoMatterUnlessTheHeadIsTrainedAlone) {
  config_.fine_tune.cache_mb = 0;
  EXPECT_THAT(plan().note, IsEmpty());
  EXPECT_FALSE(plan().train || plan().val);
  config_.fine_tune = {};
  EXPECT_THAT(plan().note, IsEmpty());
  EXPECT_FALSE(plan().train || plan().val);
}

TEST_F(FeaturePlans, LeaveOutTrainingPicturesThatAreDrawn) {
  config_.augment.noise_stddev = 0.1;
  EXPECT_FALSE(plan().train);
  EXPECT_TRUE(plan().val) << "validation pictures are not";
  EXPECT_THAT(
      plan().note,
      HasSubstr("at every step for training: augment draws at random"));
  config_.augment.noise_stddev = 0;
  config_.extensions.augmentations = {
      {.name = "off"}, {.name = "invert", .probability = 0.5}};
  EXPECT_FALSE(plan().train);
  EXPECT_THAT(plan().note, HasSubstr("extensions.invert draws at random"));
  config_.extensions.augmentations[1].probability = 0;
  EXPECT_TRUE(plan().train);
}

TEST_F(FeaturePlans, LeaveOutANetworkThatDrawsBeforeItsHead) {
  config_.net.name = "efficientnet_b0";
  EXPECT_FALSE(plan().train);
  EXPECT_THAT(plan().note, HasSubstr("net.stochastic_depth"));
  config_.net.stochastic_depth = 0;
  EXPECT_TRUE(plan().train);
}

TEST_F(FeaturePlans, KeepWhatFits) {
  // SqueezeNet makes 512 x 1 x 1 floats of 32 px: 20 are 41 KB.
  config_.net.name = "squeezenet1_1";
  config_.augment.crop_px = 224;  // 512 x 13 x 13: 6.9 MB
  config_.fine_tune.cache_mb = 6;
  EXPECT_FALSE(plan().train);
  EXPECT_TRUE(plan().val);
  EXPECT_THAT(
      plan().note,
      HasSubstr("6.92 MB a rank are more than fine_tune.cache_mb: 6"));
  config_.fine_tune.cache_mb = 7;
  EXPECT_TRUE(plan().train);
  config_.eval.crop_px = 224;
  EXPECT_FALSE(plan().val) << "beside the training pictures";
  // More ranks have fewer blocks each: one, of 2.8 MB.
  config_.fine_tune.cache_mb = 10;
  EXPECT_FALSE(plan(6).val);
  EXPECT_TRUE(plan(7).val);
}

TEST_F(FeaturePlans, WantMoreThanOneEpochAndNothingElseTrained) {
  EXPECT_FALSE(plan(2, {5, 5}).train);
  config_.fine_tune.unfreeze = {"all=1"};
  EXPECT_FALSE(plan().train || plan().val);
  EXPECT_THAT(plan().note, HasSubstr("fine_tune.unfreeze"));
}

TEST_F(FeaturePlans, WantANetworkWithoutAuxiliaryHeads) {
  config_.net.name = "googlenet";
  EXPECT_FALSE(plan().train || plan().val);
  EXPECT_THAT(plan().note, HasSubstr("auxiliary heads"));
}

}  // namespace
}  // namespace convoy
