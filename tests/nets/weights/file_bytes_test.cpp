// Files that change or are too large, whatever is in them.

#include "nets/weights/file_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "nets/weights/limits.h"
#include "nets/weights/weights.h"
#include "tests/support/files.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(FileBytes, AreThoseOfTheFile) {
  const testing::TempDir folder;
  testing::write_text(folder / "some", std::string("a\0b", 3));
  testing::write_text(folder / "none", "");
  EXPECT_EQ(FileBytes(folder / "some").bytes(), std::string("a\0b", 3));
  EXPECT_EQ(FileBytes(folder / "none").bytes(), "");
}

TEST(FileBytes, RefusesAFileLargerThanWeightsAre) {
  const testing::TempDir folder;
  testing::write_text(folder / "w.pth", "");
  std::filesystem::resize_file(folder / "w.pth", kMostWeightFileBytes + 1);
  EXPECT_THAT(
      [&] { FileBytes(folder / "w.pth"); },
      ThrowsMessage<WeightError>(AllOf(
          HasSubstr(folder / "w.pth"),
          HasSubstr("has 4294967297 bytes; want at most 4294967296"))));
}

/// Empties a file and fills it again with zeros until this ends.
class Truncater {
 public:
  Truncater(const std::string& path, off_t size)
      : thread_([this, path, size] {
          while (!stop_) {
            EXPECT_EQ(::truncate(path.c_str(), 0), 0);
            EXPECT_EQ(::truncate(path.c_str(), size), 0);
            // Long enough for a reader to begin.
            std::this_thread::sleep_for(std::chrono::microseconds(200));
          }
        }) {}
  ~Truncater() {
    stop_ = true;
    thread_.join();
  }
  Truncater(const Truncater&) = delete;
  Truncater& operator=(const Truncater&) = delete;

 private:
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

TEST(FileBytes, SaysThatAFileWasCutShortUnderItsReader) {
  using Clock = std::chrono::steady_clock;
  const testing::TempDir folder;
  const std::string path = folder / "w.pth";
  testing::write_text(path, "");
  const Truncater truncater(path, 16 << 20);
  const auto end = Clock::now() + std::chrono::seconds(30);
  std::string said;
  while (said.find("was cut short while it was read: it had 16777216 bytes") ==
             std::string::npos &&
         Clock::now() < end) {
    try {
      read_weights(path);
      FAIL() << "nothing but zeros was read";
    } catch (const WeightError& e) {
      said = e.what();
    }
  }
  EXPECT_THAT(said, HasSubstr("was cut short while it was read"));
}

}  // namespace
}  // namespace convoy
