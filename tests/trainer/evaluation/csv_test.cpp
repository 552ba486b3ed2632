#include "trainer/evaluation/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Csv, QuotesWhatWouldBeTakenForAFieldsEnd) {
  EXPECT_EQ(
      csv_line({"plain", "a,b", "say \"x\"", "two\nlines", ""}),
      "plain,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\n");
}

TEST(Csv, ReadsBackWhatItWrote) {
  const std::vector<std::string> fields{"a,b", "say \"x\"", "two\nlines", ""};
  const auto rows = read_csv(csv_line(fields) + csv_line({"last"}));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].fields, fields);
  EXPECT_EQ(rows[1].line, 3) << "behind a field of two lines";
}

TEST(Csv, TakesWhatSpreadsheetsWrite) {
  const auto rows = read_csv(
      "\xEF\xBB\xBF"
      "a,b\r\n\r\n,c");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_THAT(rows[0].fields, ElementsAre("a", "b"));
  EXPECT_THAT(rows[1].fields, ElementsAre("", "c"));
  EXPECT_EQ(rows[1].line, 3);
}

TEST(Csv, RefusesQuotesThatDoNotFit) {
  EXPECT_THAT(
      [] { read_csv("a,b\n\"c"); },
      ThrowsMessage<BadData>(HasSubstr("line 2: a quote opens")));
  for (const char* text : {"a\"b", "\"a\"b"}) {
    EXPECT_THAT(
        [&] { read_csv(text); }, ThrowsMessage<BadData>(HasSubstr("line 1:")))
        << text;
  }
}

}  // namespace
}  // namespace convoy
