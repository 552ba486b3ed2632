#include "trainer/config/key_meant.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trainer/config/read.h"

namespace convoy {
namespace {

using ::testing::IsEmpty;

TEST(KeyMeant, KnowsWhatOtherTrainersCallIt) {
  EXPECT_EQ(key_meant("solver.base_lr", {}), "optimizer.lr");
  EXPECT_EQ(key_meant("learning_rate", {"run", "net"}), "optimizer.lr");
}

TEST(KeyMeant, FindsTheKeyInAnotherSection) {
  EXPECT_EQ(key_meant("epochs", {"run", "data"}), "run.epochs");
  EXPECT_EQ(key_meant("batch.momentum", {"global"}), "optimizer.momentum");
}

TEST(KeyMeant, TakesTheNearestOfItsSectionWhereSeveralSectionsHaveOne) {
  EXPECT_EQ(key_meant("net.crop_px", {"wibble"}), "");
  EXPECT_EQ(
      key_meant("optimizer.momentun", {"lr", "momentum"}),
      "optimizer.momentum");
}

TEST(KeyMeant, ForgivesASlipInWhatOthersCallIt) {
  EXPECT_EQ(key_meant("optimizer.lerning_rate", {"lr"}), "optimizer.lr");
  EXPECT_EQ(key_meant("optimizer.zzz", {"lr"}), "");
}

TEST(KeyMeant, NamesOnlyKeysThatThereAre) {
  for (const char* theirs : {"amp",           "arch",
                             "architecture",  "base_lr",
                             "batch_size",    "crop_size",
                             "degrees",       "drop_last",
                             "dropout_ratio", "dtype",
                             "flip",          "gpu",
                             "hflip",         "horizontal_flip",
                             "image_size",    "iter_size",
                             "label_smooth",  "learning_rate",
                             "lr_policy",     "lr_scheduler",
                             "max_epochs",    "max_iter",
                             "max_steps",     "mean_values",
                             "mirror",        "mixed_precision",
                             "model",         "network",
                             "num_classes",   "num_epochs",
                             "num_workers",   "output_dir",
                             "pretrained",    "random_seed",
                             "resize",        "rotation",
                             "save_dir",      "scheduler",
                             "snapshot",      "solver_mode",
                             "steps",         "test_interval",
                             "validation",    "wd"}) {
    const std::string ours = key_meant(theirs, {});
    const std::string yaml = ours.find('.') == std::string::npos
                                 ? ours + ": [x]"
                                 : ours.substr(0, ours.find('.')) + ": {" +
                                       ours.substr(ours.find('.') + 1) +
                                       ": {}}";
    const auto problems = read_config(yaml, "c").problems;
    ASSERT_EQ(problems.size(), 1u) << theirs;
    EXPECT_EQ(problems[0].find("unknown key"), std::string::npos) << ours;
  }
}

}  // namespace
}  // namespace convoy
