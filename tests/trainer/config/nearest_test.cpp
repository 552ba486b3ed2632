#include "trainer/config/nearest.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

TEST(Nearest, FindsTheWordThatWasMeant) {
  EXPECT_EQ(nearest("epoch", {"seed", "epochs", "keep"}), "epochs");
  EXPECT_EQ(nearest("momentun", {"momentum", "epsilon"}), "momentum");
}

TEST(Nearest, CountsASwapOfNeighboursOnce) {
  EXPECT_EQ(nearest("esed", {"used up", "seed"}), "seed");
  EXPECT_EQ(nearest("rl", {"lr", "xx"}), "lr");
}

TEST(Nearest, TakesTheNearerOfTwo) {
  EXPECT_EQ(nearest("resnet19", {"resnet101", "resnet18"}), "resnet18");
}

TEST(Nearest, HasNothingToSayAboutWordsThatShareNoLetter) {
  EXPECT_EQ(nearest("no", {"lr"}), "");
  EXPECT_EQ(nearest("", {"lr"}), "");
  EXPECT_EQ(nearest("lerning_rate", {"global", "micro"}), "");
}

TEST(Nearest, LeavesHugeWordsAlone) {
  const std::string huge(200, 'a');
  EXPECT_EQ(nearest(huge, {huge + "b"}), "");
}

}  // namespace
}  // namespace convoy
