#include "trainer/report/event_file.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "data/errors.h"
#include "tests/support/files.h"
#include "tests/support/temp_dir.h"
#include "trainer/report/tf_record.h"

namespace convoy {
namespace {

// Bytes that TensorBoard 2.21 and its protobuf make of the same events.

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    constexpr const char* kDigits = "0123456789abcdef";
    text += kDigits[static_cast<std::uint8_t>(byte) / 16];
    text += kDigits[static_cast<std::uint8_t>(byte) % 16];
  }
  return text;
}

TEST(Event, BeginsAFileWithTheVersion) {
  EXPECT_EQ(
      hex(tf_record(version_event(1.5))),
      "1800000000000000a37f4b22"
      "09000000000000f83f1a0d627261696e2e4576656e743a32"
      "2a28646c");
}

TEST(Event, BeginsASession) {
  EXPECT_EQ(hex(start_event({1.5, 7})), "09000000000000f83f10073a020801");
}

TEST(Event, HoldsScalarsUnderTheirTags) {
  EXPECT_EQ(
      hex(scalars_event({1.5, 300}, {{"train/loss", 2.5}, {"train/lr", 0.1}})),
      "09000000000000f83f10ac022a24"
      "0a110a0a747261696e2f6c6f73731500002040"
      "0a0f0a08747261696e2f6c7215cdcccc3d");
}

TEST(Event, HoldsAPictureUnderItsTag) {
  EXPECT_EQ(
      hex(picture_event({1.5, 7}, {"train/augmented_batch", 2, 3, 3, "PNG"})),
      "09000000000000f83f10072a260a240a15"
      "747261696e2f6175676d656e7465645f6261746368"
      "220b0802100318032203504e47");
}

TEST(EventFile, IsANewFileForEachSessionInTheOrderOfTheirNames) {
  const testing::TempDir run;
  std::vector<std::string> paths;
  for (int session = 0; session < 3; ++session) {
    EventFile file(run.path(), "node1");
    paths.push_back(file.path().string());
    EXPECT_TRUE(paths.back().starts_with(run / "events.out.tfevents."));
    EXPECT_TRUE(paths.back().ends_with(".node1"));
  }
  EXPECT_TRUE(std::is_sorted(paths.begin(), paths.end()));
  EXPECT_NE(paths[0], paths[1]);
  EXPECT_NE(paths[1], paths[2]);
}

TEST(EventFile, HasEachRecordOnDiskAtOnce) {
  const testing::TempDir run;
  EventFile file(run.path(), "node1");
  const std::string head = testing::read_text(file.path());
  EXPECT_EQ(head.size(), 40u);
  file.append("event");
  EXPECT_EQ(testing::read_text(file.path()), head + tf_record("event"));
}

TEST(EventFile, RefusesAFolderThatIsNotThere) {
  const testing::TempDir run;
  EXPECT_THROW(EventFile(run / "none", "node1"), WriteFailure);
}

}  // namespace
}  // namespace convoy
