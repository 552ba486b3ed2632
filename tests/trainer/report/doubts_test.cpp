#include "trainer/report/doubts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

DatasetFacts with_counts(std::map<int, std::uint64_t> counts) {
  DatasetFacts facts;
  facts.label_counts = std::move(counts);
  return facts;
}

TEST(Doubts, NameClassesThatNobodyCanLearn) {
  EXPECT_THAT(
      doubts_about_classes(
          with_counts({{0, 5}, {2, 5}}), {"car", "van", "truck"}),
      ElementsAre("1 of 3 classes has no training pictures and can't be "
                  "learnt: van"));
  EXPECT_THAT(
      doubts_about_classes(
          with_counts({{0, 5}}), {"a", "b", "c", "d", "e", "f", "g"}),
      ElementsAre(HasSubstr("6 of 7 classes have no training pictures and "
                            "can't be learnt: b, c, d, e, f, ...")));
  EXPECT_THAT(
      doubts_about_classes(with_counts({{0, 5}, {1, 1}}), {"car", "van"}),
      IsEmpty());
}

TEST(Doubts, SayThatOneClassIsNone) {
  EXPECT_THAT(
      doubts_about_classes(with_counts({{0, 5}}), {"car"}),
      ElementsAre(HasSubstr("there is one class, car")));
}

TEST(Doubts, TellOfABatchLargerThanTheSet) {
  EXPECT_THAT(
      doubts_about_batch(64, 40),
      ElementsAre(HasSubstr("the global batch of 64 is larger than the 40")));
  EXPECT_THAT(doubts_about_batch(40, 40), IsEmpty());
}

TEST(Doubts, TellOfARunTooShortForBatchNorm) {
  EXPECT_THAT(
      doubts_about_length(12, 1),
      ElementsAre(AllOf(
          HasSubstr("still hold 28 % of their initial values"),
          HasSubstr("Want 44 steps or more"))));
  EXPECT_THAT(doubts_about_length(44, 1), IsEmpty());
  EXPECT_THAT(
      doubts_about_length(6, 2),
      ElementsAre(AllOf(
          HasSubstr("after the 6 steps"), HasSubstr("Want 22 steps or more"))));
  EXPECT_THAT(doubts_about_length(22, 2), IsEmpty());
}

}  // namespace
}  // namespace convoy
