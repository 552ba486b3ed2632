#include "trainer/report/baseline.h"

#include <gtest/gtest.h>

#include "data/errors.h"
#include "tests/support/files.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

double read(const std::string& text) {
  const testing::TempDir dir;
  testing::write_text(dir / "scaling.json", text);
  return read_baseline(dir / "scaling.json");
}

TEST(Baseline, IsTheRowOfOneRank) {
  EXPECT_EQ(
      read(R"({"rows": [{"ranks": 2, "images_per_second": 9},
                        {"ranks": 1, "images_per_second": 5.5}]})"),
      5.5);
}

TEST(Baseline, IsRefusedWhenThereIsNoSuchRow) {
  for (const char* text :
       {"",
        "[]",
        R"({"rows": 3})",
        R"({"rows": ["x", null]})",
        R"({"rows": [{"ranks": "1", "images_per_second": 5}]})",
        R"({"rows": [{"ranks": 1, "images_per_second": 0}]})"}) {
    EXPECT_THROW(read(text), BadData) << text;
  }
}

}  // namespace
}  // namespace convoy
