#include "trainer/report/log.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

TEST(Log, KeepsInItsFileWhatWasSaidBeforeThereWasOne) {
  const testing::TempDir run;
  {
    Log log(/*speaks=*/true, /*columns=*/0);
    log.warn("early");
    log.line("first");
    log.open_file(run / "log.txt");
    log.line("second");
    log.note("for the file alone");
  }
  EXPECT_EQ(
      testing::read_text(run / "log.txt"),
      "warning: early\nfirst\nsecond\nfor the file alone\n");
}

TEST(Log, AppendsToAnEarlierFile) {
  const testing::TempDir run;
  testing::write_text(run / "log.txt", "the run before\n");
  Log log(/*speaks=*/true, /*columns=*/0);
  log.open_file(run / "log.txt");
  log.line("this run");
  EXPECT_EQ(testing::read_text(run / "log.txt"), "the run before\nthis run\n");
}

TEST(Log, OfAnotherRankThanTheFirstWritesNothing) {
  const testing::TempDir run;
  Log log(/*speaks=*/false, /*columns=*/0);
  log.open_file(run / "log.txt");
  log.line("no");
  log.note("no");
  EXPECT_FALSE(std::filesystem::exists(run / "log.txt"));
}

}  // namespace
}  // namespace convoy
