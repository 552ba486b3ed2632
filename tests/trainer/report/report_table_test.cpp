#include "trainer/report/report_table.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

const ReportTable kTable{
    "a title", {"n", "longer"}, {{"1", "2.5"}, {"100", "a|b"}}};

TEST(ReportTable, IsAlignedAtTheRight) {
  EXPECT_EQ(
      as_text(kTable),
      "a title\n"
      "  n  longer\n"
      "  1     2.5\n"
      "100     a|b\n");
}

TEST(ReportTable, IsMarkdown) {
  EXPECT_EQ(
      as_markdown(kTable),
      "a title\n\n"
      "| n | longer |\n"
      "| ---: | ---: |\n"
      "| 1 | 2.5 |\n"
      "| 100 | a\\|b |\n");
}

}  // namespace
}  // namespace convoy
