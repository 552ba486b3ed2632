#include "trainer/config/key_meant.h"

#include <gtest/gtest.h>

#include "trainer/config/read.h"

namespace convoy {
namespace {

TEST(KeyMeant, KnowsWhatOtherTrainersCallIt) {
  EXPECT_EQ(key_meant("solver.base_lr", {}), "optimizer.lr");
  EXPECT_EQ(key_meant("learning_rate", {"run", "net"}), "optimizer.lr");
  EXPECT_EQ(key_meant("optimizer.type", {"name", "lr"}), "optimizer.name");
}

TEST(KeyMeant, TakesTheSectionIntoAccount) {
  EXPECT_EQ(key_meant("schedule.steps", {}), "schedule.milestones");
  EXPECT_EQ(key_meant("run.steps", {}), "run.iterations");
  EXPECT_EQ(key_meant("eval.batch_size", {}), "eval.block");
  EXPECT_EQ(key_meant("batch.size", {}), "batch.global");
}

TEST(KeyMeant, SuggestsSectionsForWhatHoldsAMap) {
  EXPECT_EQ(key_meant("scheduler", {"schedule", "net"}, true), "schedule");
  EXPECT_EQ(key_meant("model", {"schedule", "net"}, true), "net");
  EXPECT_EQ(key_meant("optimiser", {"optimizer", "net"}, true), "optimizer");
  EXPECT_EQ(
      key_meant("augment.jiter", {"scale", "jitter"}, true), "augment.jitter");
}

TEST(KeyMeant, FindsTheKeyInAnotherSection) {
  EXPECT_EQ(key_meant("epochs", {"run", "data"}), "run.epochs");
  EXPECT_EQ(key_meant("batch.momentum", {"global"}), "optimizer.momentum");
}

TEST(KeyMeant, ForgivesASlip) {
  EXPECT_EQ(key_meant("optimizer.lerning_rate", {"lr"}), "optimizer.lr");
  EXPECT_EQ(
      key_meant("optimizer.momentun", {"lr", "momentum"}),
      "optimizer.momentum");
}

TEST(KeyMeant, KeepsToItselfWhatComesNear) {
  EXPECT_EQ(key_meant("run.name", {"dir", "seed"}), "");
  EXPECT_EQ(key_meant("run.test_iter", {"dir", "seed"}), "");
  EXPECT_EQ(key_meant("optimizer.zzz", {"lr"}), "");
}

/// Every suggestion for what others say is a key that can be read.
TEST(KeyMeant, NamesOnlyKeysThatThereAre) {
  for (const char* theirs : {
           "amp",
           "arch",
           "architecture",
           "auto_augment",
           "base_lr",
           "batch_size",
           "crop_size",
           "cutmix",
           "cutout",
           "degrees",
           "drop_last",
           "dtype",
           "dropout_ratio",
           "eval.batch_size",
           "eval.crop",
           "flip",
           "gpu",
           "hflip",
           "image_size",
           "lr_policy",
           "learning_rate",
           "max_epochs",
           "max_iter",
           "mean_values",
           "mirror",
           "mixup",
           "model",
           "num_classes",
           "num_workers",
           "output_dir",
           "pretrained",
           "ra_reps",
           "rand_augment",
           "random_erase",
           "random_seed",
           "resize",
           "rotation",
           "sampler",
           "scheduler",
           "batch.size",
           "snapshot",
           "solver_mode",
           "snapshot_prefix",
           "schedule.step",
           "step_size",
           "steps",
           "schedule.steps",
           "stepvalue",
           "net.type",
           "wd",
           "schedule.type",
           "validation",
       }) {
    const std::string ours = key_meant(theirs, {});
    ASSERT_NE(ours, "") << theirs;
    std::string yaml = ours;
    std::string end = yaml.find('.') == std::string::npos ? ": [x]" : ": {}";
    for (auto dot = yaml.find('.'); dot != std::string::npos;
         dot = yaml.find('.')) {
      yaml.replace(dot, 1, ": {");
      end += "}";
    }
    yaml += end;
    const auto problems = read_config(yaml, "c").problems;
    ASSERT_EQ(problems.size(), 1u) << theirs;
    EXPECT_EQ(problems[0].find("unknown key"), std::string::npos) << ours;
  }
}

}  // namespace
}  // namespace convoy
