#include "trainer/report/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Duration, IsShortOrLongAsNeeded) {
  EXPECT_EQ(format_duration(7.4), "0:07");
  EXPECT_EQ(format_duration(245), "4:05");
  EXPECT_EQ(format_duration(3723), "1:02:03");
  EXPECT_EQ(format_duration(59.6), "1:00");
  EXPECT_EQ(format_duration(-5), "0:00");
}

TEST(Bar, FillsItsPart) {
  EXPECT_EQ(draw_bar(0, 4), "....");
  EXPECT_EQ(draw_bar(0.5, 4), "##..");
  EXPECT_EQ(draw_bar(1, 4), "####");
  EXPECT_EQ(draw_bar(7, 4), "####");
  EXPECT_EQ(draw_bar(-1, 4), "....");
}

std::string shown(int columns, std::int64_t done) {
  ::testing::internal::CaptureStderr();
  {
    Log log(true, columns);
    Progress progress(log, "reading", 10);
    progress.update(done, "fast");
  }
  return ::testing::internal::GetCapturedStderr();
}

TEST(Progress, ShowsPartAndDetailsOnATerminal) {
  EXPECT_THAT(
      shown(200, 5),
      HasSubstr("reading [############............]  50% fast ETA 0:00"));
  EXPECT_THAT(shown(0, 5), IsEmpty()) << "no terminal";
}

// A rank's blocks of an evaluation may be a little more than its share.
TEST(Progress, NeverShowsMoreThanAll) {
  EXPECT_THAT(shown(200, 13), HasSubstr("100% fast"));
  EXPECT_THAT(shown(200, 13), Not(HasSubstr("130%")));
}

TEST(Progress, IsCutToTheTerminal) {
  EXPECT_THAT(shown(12, 5), HasSubstr("reading [###\r"));
}

}  // namespace
}  // namespace convoy
