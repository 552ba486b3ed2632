#include "trainer/evaluation/key_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/trainer/evaluation/made.h"
#include "trainer/errors.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using testing::taken;
using ::testing::ThrowsMessage;

TEST(KeyPattern, TakesTheFirstParentheses) {
  const KeyPattern pattern("(?:cam)([0-9]+)_(x)?");
  EXPECT_EQ(pattern.group_of("0001_cam12_x.jpg"), "12");
  EXPECT_EQ(pattern.group_of("0001_line3.jpg"), std::nullopt);
  EXPECT_EQ(KeyPattern("a|(b)").group_of("a"), std::nullopt);
}

TEST(KeyPattern, RefusesWhatCanNameNoGroup) {
  EXPECT_THAT(
      [] { KeyPattern("cam[0-9]+"); },
      ThrowsMessage<UsageError>(HasSubstr("has no parentheses")));
  EXPECT_THAT(
      [] { KeyPattern("(cam"); },
      ThrowsMessage<UsageError>(HasSubstr("is no regular expression")));
}

TEST(GroupByKey, CountsEachGroupAndWhatIsInNone) {
  const std::vector<SampleResult> samples{
      taken(0, 0), taken(0, 1), taken(0, 0), taken(0, 1)};
  const auto groups = group_by_key(
      KeyPattern("cam(.)"), samples, {"cam2", "cam1", "cam1", "other"});
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].name, "1");
  EXPECT_EQ(groups[0].sums.samples, 2);
  EXPECT_EQ(groups[0].sums.top1, 1);
  EXPECT_EQ(groups[1].name, "2");
  EXPECT_EQ(groups[1].sums.accuracy1(), 100);
  EXPECT_EQ(groups[2].name, std::nullopt);
  EXPECT_EQ(groups[2].sums.top1, 0);
}

}  // namespace
}  // namespace convoy
