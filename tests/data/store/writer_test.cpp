// What is written, how it appears, and what happens when it can't.

#include "data/store/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "data/store/database.h"
#include "data/store/hash.h"
#include "data/store/sidecar.h"
#include "tests/support/files.h"
#include "tests/support/privileges.h"
#include "tests/support/process.h"
#include "tests/support/small_disk.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

using testing::as_bytes;
using ::testing::HasSubstr;
using testing::TempDir;
using ::testing::ThrowsMessage;
using testing::write_text;
namespace fs = std::filesystem;

Datum gray(std::string_view pixels, int label) {
  Datum datum;
  datum.channels = 1;
  datum.height = 1;
  datum.width = static_cast<int>(pixels.size());
  datum.label = label;
  datum.data = as_bytes(pixels);
  return datum;
}

std::string key_of(int i) {
  char key[32];
  std::snprintf(key, sizeof key, "%08d_pictures/%d.jpg", i, i);
  return key;
}

// A finished database of `count` records of `bytes` bytes.
DatasetFacts write_many(
    const std::string& path, int count, int bytes, WriterOptions options = {}) {
  Writer writer(path, options);
  for (int i = 0; i < count; ++i) {
    writer.add(
        key_of(i), gray(std::string(bytes, static_cast<char>(i)), i % 3));
  }
  return writer.finish({{"a", "b", "c"}, {{"command", "test"}}});
}

TEST(Writer, WhatItWroteReadsBack) {
  const TempDir dir;
  write_many(dir / "new/db.lmdb", 2500, 10);
  const Database database(dir / "new/db.lmdb");
  ASSERT_EQ(database.size(), 2500u);
  Datum datum;
  for (int i = 0; i < 2500; i += 7) {
    EXPECT_EQ(database.read_datum(i, true, datum), key_of(i));
    EXPECT_EQ(datum.label, i % 3);
    EXPECT_EQ(datum.data.size(), 10u);
    EXPECT_EQ(datum.data[9], static_cast<std::uint8_t>(i));
    EXPECT_TRUE(datum.checksum);
  }
}

TEST(Writer, AStrangerReadsItsRecords) {
  const TempDir dir;
  Writer writer(dir / "db");
  Datum datum = gray("AZ", -2);
  writer.add("00000000_x.jpg", datum);
  datum.encoded = true;
  datum.float_data = {1.5f};
  datum.label = 700;
  writer.add("00000001_y.jpg", datum);
  writer.finish();
  const std::string said =
      testing::run_python("data/store/read_our_lmdb.py", {dir / "db"});
  Datum first = gray("AZ", -2);
  EXPECT_EQ(
      said,
      "00000000_x.jpg 1:0=1 2:0=1 3:0=2 4:2=415a 5:0=-2 7:0=0 1001:1=" +
          std::to_string(checksum_of(first)) +
          "\n"
          "00000001_y.jpg 1:0=1 2:0=1 3:0=2 4:2=415a 5:0=700 6:5=1.5 7:0=1 "
          "1001:1=" +
          std::to_string(checksum_of(datum)) + "\n");
}

TEST(Writer, AppearsWhenFinishedAndLeavesNothingElse) {
  const TempDir dir;
  {
    Writer writer(dir / "db");
    writer.add("key", gray("x", 0));
    EXPECT_FALSE(fs::exists(dir / "db"));
  }
  EXPECT_TRUE(fs::is_empty(dir.path()));
  write_many(dir / "db", 3, 3);
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(dir.path())) {
    names.push_back(entry.path().lexically_relative(dir.path()));
  }
  EXPECT_THAT(
      names,
      ::testing::UnorderedElementsAre(
          "db", "db/data.mdb", "db/dataset.json", "db/labels.txt"));
}

TEST(Writer, TakesKeysInAnyOrderAndEachOnce) {
  const TempDir dir;
  Writer writer(dir / "db");
  for (const char* key : {"m", "z", "a", "q"}) {
    writer.add(key, gray(key, 0));
  }
  const DatasetFacts facts = writer.finish();
  const Database database(dir / "db");
  EXPECT_EQ(database.read(0).key, "a");
  EXPECT_EQ(database.read(3).key, "z");
  Writer sorted(dir / "sorted");
  for (const char* key : {"a", "m", "q", "z"}) {
    sorted.add(key, gray(key, 0));
  }
  EXPECT_EQ(sorted.finish().fingerprint, facts.fingerprint);
  EXPECT_THAT(
      [&] {
        Writer twice(dir / "twice");
        twice.add("a", gray("x", 0));
        twice.add("b", gray("x", 0));
        twice.add("a", gray("x", 0));
        twice.finish();
      },
      ThrowsMessage<BadData>(HasSubstr("'a' comes twice")));
  EXPECT_FALSE(fs::exists(dir / "twice"));
}

TEST(Writer, GrowsASmallMap) {
  const TempDir dir;
  const DatasetFacts facts = write_many(
      dir / "db", 3000, 2000, {.batch_records = 100, .map_bytes = 1 << 16});
  EXPECT_EQ(facts.records, 3000u);
  EXPECT_EQ(Database(dir / "db").size(), 3000u);
}

TEST(Writer, RefusesWhatExistsUnlessTold) {
  const TempDir dir;
  write_many(dir / "db", 3, 3);
  EXPECT_THAT(
      [&] { Writer writer(dir / "db"); },
      ThrowsMessage<WriteFailure>(
          AllOf(HasSubstr(dir / "db"), HasSubstr("--overwrite"))));
  {
    Writer given_up(dir / "db", {.overwrite = true});
    given_up.add("key", gray("x", 0));
  }
  EXPECT_EQ(Database(dir / "db").size(), 3u);
  write_many(dir / "db", 5, 3, {.overwrite = true});
  EXPECT_EQ(Database(dir / "db").size(), 5u);
  EXPECT_EQ(std::distance(fs::directory_iterator(dir.path()), {}), 1);
}

TEST(Writer, NeverReplacesWhatIsNoDatabase) {
  const TempDir dir;
  write_text(dir / "home/precious.txt", "x");
  EXPECT_THROW(Writer(dir / "home", {.overwrite = true}), WriteFailure);
  write_text(dir / "file", "x");
  EXPECT_THROW(Writer(dir / "file", {.overwrite = true}), WriteFailure);
  fs::create_directories(dir / "empty");
  write_many(dir / "empty/", 3, 3);
  EXPECT_EQ(Database(dir / "empty").size(), 3u);
  EXPECT_TRUE(fs::exists(dir / "home/precious.txt"));
}

TEST(Writer, AReadOnlyFolderIsAWriteFailure) {
  const TempDir dir;
  fs::permissions(dir.path(), fs::perms(0555));
  const testing::WithoutPrivileges nobody;
  EXPECT_THAT(
      [&] { Writer writer(dir / "db"); },
      ThrowsMessage<WriteFailure>(HasSubstr("Permission denied")));
}

TEST(Writer, AFullDiskIsAWriteFailureAndLeavesNothing) {
  const TempDir dir;
  for (const int kilobytes : {64, 400, 1500, 4000}) {
    fs::create_directories(dir / "disk");
    const testing::SmallDisk disk(dir / "disk", kilobytes);
    EXPECT_THAT(
        [&] {
          write_many(dir / "disk/db", 5000, 1500, {.batch_records = 100});
        },
        ThrowsMessage<WriteFailure>(HasSubstr(disk.words())));
    EXPECT_TRUE(fs::is_empty(dir / "disk")) << kilobytes;
  }
}

TEST(Writer, ADatabaseOfNoRecordsIsOne) {
  const TempDir dir;
  Writer(dir / "db").finish();
  EXPECT_EQ(Database(dir / "db").size(), 0u);
}

TEST(Writer, RefusesKeysThatLmdbCannotHold) {
  const TempDir dir;
  Writer writer(dir / "db");
  EXPECT_THROW(writer.add("", gray("x", 0)), BadData);
  EXPECT_THROW(writer.add(std::string(512, 'k'), gray("x", 0)), BadData);
  writer.add(std::string(511, 'k'), gray("x", 0));
}

}  // namespace
}  // namespace convoy
