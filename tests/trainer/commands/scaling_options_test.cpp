#include "trainer/commands/scaling_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trainer/errors.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

ScalingArguments parsed(std::vector<std::string> words, int world_size = 4) {
  words.insert(words.begin(), "a.yaml");
  return parse_scaling(words, world_size).value();
}

void refused(const std::vector<std::string>& words, const char* complaint) {
  EXPECT_THAT(
      [&] { parsed(words); }, ThrowsMessage<UsageError>(HasSubstr(complaint)));
}

constexpr ScalingSeries kRealWeak{ScalingData::real, ScalingMode::weak};
constexpr ScalingSeries kMadeWeak{ScalingData::synthetic, ScalingMode::weak};
constexpr ScalingSeries kRealStrong{ScalingData::real, ScalingMode::strong};
constexpr ScalingSeries kMadeStrong{
    ScalingData::synthetic, ScalingMode::strong};

TEST(ScalingOptions, AreBothDataAndWeakScalingUnlessTold) {
  const ScalingArguments a = parsed({});
  EXPECT_THAT(a.options.ranks, ElementsAre(1, 2, 4));
  EXPECT_THAT(a.options.series, ElementsAre(kRealWeak, kMadeWeak));
  EXPECT_EQ(a.options.repeats, 5);
}

TEST(ScalingOptions, ChooseDataAndMode) {
  EXPECT_THAT(
      parsed({"--mode", "both"}).options.series,
      ElementsAre(kRealWeak, kMadeWeak, kRealStrong, kMadeStrong));
  EXPECT_THAT(
      parsed({"--mode", "strong", "--data", "real"}).options.series,
      ElementsAre(kRealStrong));
  refused({"--mode", "strnog"}, "--mode: want weak, strong or both, got");
  refused({"--data", "none"}, "--data: want real, synthetic or both, got");
}

TEST(ScalingOptions, RefuseRanksThatAreNotThere) {
  EXPECT_THAT(parsed({"--ranks", "3,1"}).options.ranks, ElementsAre(1, 3));
  refused({"--ranks", "1,8"}, "\"8\" is not a number of ranks from 1 to 4");
  refused({"--ranks", "2,1,2"}, "--ranks 2,1,2: 2 is there twice");
}

TEST(ScalingOptions, SayWhatIsPredicted) {
  const ScalingArguments a = parsed(
      {"--predict",
       "8,16",
       "--link",
       "10gbit",
       "--ranks-per-host",
       "4",
       "--inside",
       "20gbyte"});
  ASSERT_EQ(a.predicted.size(), 2u);
  EXPECT_EQ(a.predicted[1].ranks, 16);
  EXPECT_EQ(a.predicted[1].ranks_per_host, 4);
  EXPECT_EQ(
      a.predicted_for,
      "4 ranks a host, hosts on 10gbit, ranks on 20gbyte, from the step of 1 "
      "rank above");
}

TEST(ScalingOptions, RefusePlansThatLackSomething) {
  refused(
      {"--epochs", "3", "--to-accuracy", "90", "--history", "r"}, "contradict");
  refused({"--to-accuracy", "90"}, "--to-accuracy needs --history");
  refused({"--history", "r"}, "--history needs --to-accuracy");
  refused({"--price-per-hour", "2"}, "--price-per-hour needs --epochs");
  refused({"--images", "5"}, "--images needs --epochs");
  refused({"--epochs", "0"}, "--epochs: want a number above 0");
  refused({"--to-accuracy", "101", "--history", "r"}, "--to-accuracy: want a");
  refused({"--epochs", "1", "--price-per-hour", "-1"}, "--price-per-hour: ");
}

TEST(ScalingOptions, AreComparedInWords) {
  EXPECT_EQ(
      options_text(parsed({"--data", "real"}).options),
      "--ranks 1,2,4 --steps 20 --warmup 3 --repeats 5 (real data, weak "
      "scaling)");
}

}  // namespace
}  // namespace convoy
