// Databases cut short, flipped or replaced by something else: a sentence with
// the absolute path, and never a signal.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "data/errors.h"
#include "data/store/database.h"
#include "tests/data/store/foreign.h"
#include "tests/support/files.h"

namespace convoy {
namespace {

using testing::foreign;
using ::testing::HasSubstr;
using testing::read_bytes;
using testing::TempDir;
using ::testing::ThrowsMessage;
using testing::write_bytes;
using testing::write_text;
using Bytes = std::vector<std::uint8_t>;

template <typename Error>
void expect_refused(const std::string& path, const std::string& words) {
  EXPECT_THAT(
      [&] { Database database(path); },
      ThrowsMessage<Error>(
          AllOf(HasSubstr(words), HasSubstr(path), HasSubstr("/"))))
      << path;
}

// Opens and reads all; true when something was refused.
bool refuses_something(const std::string& path) {
  try {
    const Database database(path);
    bool refused = false;
    Datum datum;
    for (std::size_t i = 0; i < database.size(); ++i) {
      try {
        database.read_datum(i, true, datum);
        std::uint64_t sum = 0;  // touches each byte
        for (const std::uint8_t byte : datum.data) {
          sum += byte;
        }
        EXPECT_GT(sum + 1, 0u);
      } catch (const BadData&) {
        refused = true;
      }
    }
    return refused;
  } catch (const BadData&) {
    return true;
  }
}

TEST(DamagedDatabase, NothingThereIsMissingInput) {
  const TempDir dir;
  expect_refused<MissingInput>(dir / "none", "there is no database at");
  expect_refused<MissingInput>(dir.path().string(), "it holds no data.mdb");
}

TEST(DamagedDatabase, OtherFilesAreNamedAsSuch) {
  const TempDir dir;
  write_text(dir / "zero/data.mdb", "");
  expect_refused<BadData>(dir / "zero", "is empty (0 bytes)");
  write_text(dir / "short/data.mdb", std::string(100, 'x'));
  expect_refused<BadData>(dir / "short", "it has 100 bytes, too few");
  write_text(dir / "random/data.mdb", std::string(100000, 'x'));
  expect_refused<BadData>(dir / "random", "not an LMDB database");
  write_text(dir / "photo.jpg", std::string(100000, '\xFF'));
  expect_refused<BadData>(dir / "photo.jpg", "not an LMDB database");
  std::filesystem::create_directories(dir / "folder/data.mdb");
  expect_refused<BadData>(dir / "folder", "not a regular file");
}

TEST(DamagedDatabase, ACutIsNoticedBeforeReading) {
  const TempDir dir;
  const Bytes whole = read_bytes(foreign("many.long") + "/data.mdb");
  for (const int percent : {10, 50, 90, 99}) {
    const Bytes part(
        whole.begin(), whole.begin() + whole.size() * percent / 100);
    const std::string path = dir / ("cut" + std::to_string(percent));
    write_bytes(path + "/data.mdb", part);
    expect_refused<BadData>(path, "it is cut short");
  }
  write_bytes(
      dir / "meta/data.mdb", Bytes(whole.begin(), whole.begin() + 8192));
  expect_refused<BadData>(dir / "meta", "it is cut short");
  write_bytes(dir / "one/data.mdb", Bytes(whole.begin(), whole.begin() + 4096));
  expect_refused<BadData>(dir / "one", "too few");
}

TEST(DamagedDatabase, OtherKindsOfLmdbAreNamed) {
  expect_refused<BadData>(foreign("named"), "named databases");
  const TempDir dir;
  Bytes duplicates = read_bytes(foreign("digits") + "/data.mdb");
  for (const std::size_t page : {0, 4096}) {
    duplicates[page + 92] = 0x04;  // the table's flags
  }
  write_bytes(dir / "dupsort/data.mdb", duplicates);
  expect_refused<BadData>(dir / "dupsort", "DUPSORT");
  Bytes newer = read_bytes(foreign("digits") + "/data.mdb");
  newer[16 + 4] = 2;
  write_bytes(dir / "newer/data.mdb", newer);
  expect_refused<BadData>(dir / "newer", "format 2");
}

// 400 records: pages of the tree are 1 in 14, the rest are values.
TEST(DamagedDatabase, AFlippedBitNeverCrashes) {
  const TempDir dir;
  Bytes bytes = read_bytes(foreign("many.long") + "/data.mdb");
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    const std::size_t bit = random() % (8 * bytes.size());
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    write_bytes(dir / "flip/data.mdb", bytes);
    refuses_something(dir / "flip");
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
}

// The pages that lead to records, hit where it hurts: in heads and tables.
TEST(DamagedDatabase, ADamagedPageHeadNeverCrashes) {
  const TempDir dir;
  int refused = 0;
  std::mt19937 random(6);
  for (const std::string name : {"many", "encoded", "digits"}) {
    const Bytes whole = read_bytes(foreign(name) + "/data.mdb");
    for (int round = 0; round < 120; ++round) {
      Bytes hurt = whole;
      const std::size_t page = random() % (whole.size() / 4096);
      for (int i = 0; i < 2; ++i) {
        hurt[page * 4096 + random() % 160] =
            static_cast<std::uint8_t>(random());
      }
      write_bytes(dir / "hurt/data.mdb", hurt);
      refused += refuses_something(dir / "hurt");
    }
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace convoy
