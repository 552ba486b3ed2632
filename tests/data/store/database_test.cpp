// Databases that other programs wrote, read by number from any thread.

#include "data/store/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "data/errors.h"
#include "data/store/lmdb/key_index.h"
#include "data/store/pixels.h"
#include "tests/data/store/foreign.h"
#include "tests/support/files.h"
#include "tests/support/privileges.h"

namespace convoy {
namespace {

using testing::foreign;
using ::testing::HasSubstr;
using testing::read_bytes;
using ::testing::ThrowsMessage;
namespace fs = std::filesystem;

TEST(Database, ReadsRawPicturesAsTheyWere) {
  struct Case {
    std::string name;
    int count, height, width, channels;
  };
  for (const Case& want :
       {Case{"bgr_raw", 40, 6, 8, 3},
        Case{"gray_raw", 9, 5, 7, 1},
        Case{"floats", 6, 6, 8, 3},
        Case{"floats_packed", 6, 6, 8, 3}}) {
    const Database database(foreign(want.name));
    ASSERT_EQ(database.size(), static_cast<std::size_t>(want.count));
    const auto pixels = read_bytes(
        foreign(want.channels == 1 ? "gray_raw.pixels" : "bgr_raw.pixels"));
    const std::size_t bytes = want.height * want.width * want.channels;
    Decoder decoder({.colour = Colour::as_stored});
    Datum datum;
    Image image;
    for (int i = 0; i < want.count; ++i) {
      database.read_datum(i, true, datum);
      to_image(datum, decoder, image);
      ASSERT_EQ(image.height, want.height);
      ASSERT_EQ(image.width, want.width);
      ASSERT_EQ(image.pixels.size(), bytes);
      EXPECT_TRUE(std::equal(
          image.pixels.begin(), image.pixels.end(), pixels.begin() + i * bytes))
          << want.name << " " << i;
    }
  }
}

TEST(Database, GivesKeysInOrderAndLabels) {
  const Database database(foreign("bgr_raw"));
  Datum datum;
  EXPECT_EQ(database.read_datum(7, true, datum), "00000007_cars/img 7.jpg");
  EXPECT_EQ(datum.label, 3);
  EXPECT_TRUE(datum.has_label);
  EXPECT_FALSE(datum.checksum);
}

TEST(Database, ReadsEncodedPicturesWithoutSizes) {
  const Database database(foreign("encoded"));
  ASSERT_EQ(database.size(), 70u);
  Datum datum;
  database.read_datum(69, true, datum);
  EXPECT_TRUE(datum.encoded);
  EXPECT_EQ(datum.height, 0);
  const auto file = read_bytes(foreign("encoded.69.jpg"));
  EXPECT_TRUE(std::equal(
      datum.data.begin(), datum.data.end(), file.begin(), file.end()));
  Decoder decoder;
  Image image;
  to_image(datum, decoder, image);
  EXPECT_EQ(image.height, 79);
  EXPECT_EQ(image.width, 12);
}

TEST(Database, ReadsDigitsKeysAndNegativeLabels) {
  Datum datum;
  EXPECT_EQ(
      Database(foreign("digits")).read_datum(20, true, datum), "00000020_6");
  EXPECT_EQ(datum.label, 6);
  const Database negative(foreign("negative"));
  negative.read_datum(0, true, datum);
  EXPECT_EQ(datum.label, -1);
  negative.read_datum(1, true, datum);
  EXPECT_EQ(datum.label, -2147483648);
}

TEST(Database, ReadsMapsOfOneTebibyteAndSingleFiles) {
  for (const std::string name :
       {"one_tebibyte", "one_tebibyte_sparse", "single_file.lmdb"}) {
    const Database database(foreign(name));
    EXPECT_EQ(database.size(), 10u) << name;
    EXPECT_LT(database.bytes(), 1u << 20) << name;
    Datum datum;
    EXPECT_EQ(database.read_datum(9, true, datum), "00000009_a") << name;
  }
}

TEST(Database, ReadsAFolderWithoutWritingIntoIt) {
  const testing::TempDir dir;
  fs::permissions(dir.path(), fs::perms(0755));
  fs::copy(foreign("digits"), dir / "readonly");
  fs::permissions(dir / "readonly/data.mdb", fs::perms(0444));
  fs::permissions(dir / "readonly", fs::perms(0555));
  const testing::WithoutPrivileges nobody;
  EXPECT_NE(mkdir((dir / "readonly/probe").c_str(), 0755), 0);
  const Database database(dir / "readonly");
  EXPECT_EQ(database.size(), 21u);
  EXPECT_FALSE(fs::exists(dir / "readonly/lock.mdb"));
}

TEST(Database, AFileThatMayNotBeReadIsMissingInput) {
  const testing::TempDir dir;
  fs::permissions(dir.path(), fs::perms(0755));
  fs::copy(foreign("digits"), dir / "secret");
  fs::permissions(dir / "secret/data.mdb", fs::perms(0000));
  const testing::WithoutPrivileges nobody;
  EXPECT_THAT(
      [&] { Database database(dir / "secret"); },
      ThrowsMessage<MissingInput>(HasSubstr("Permission denied")));
}

TEST(Database, AnEmptyOneHasNoRecords) {
  const Database database(foreign("empty"));
  EXPECT_EQ(database.size(), 0u);
  EXPECT_THROW(database.read(0), std::out_of_range);
}

TEST(Database, ReadsEveryRecordInAnyOrder) {
  const Database database(foreign("many"));
  ASSERT_EQ(database.size(), 5000u);
  const auto expect_record = [&](std::size_t index) {
    Datum datum;
    char key[16];
    std::snprintf(key, sizeof key, "%08zu", index);
    ASSERT_EQ(database.read_datum(index, true, datum), key);
    ASSERT_EQ(datum.data[0] + 256 * datum.data[1], static_cast<int>(index));
  };
  for (std::size_t i = 0; i < 5000; ++i) {
    expect_record(i);
    expect_record(i * 1237 % 5000);
  }
  for (std::size_t i = 5000; i-- > 0;) {
    expect_record(i);
  }
}

TEST(Database, ReadsFromManyThreads) {
  const Database database(foreign("many"));
  std::vector<std::thread> threads;
  std::vector<int> wrong(8);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      Datum datum;
      for (std::size_t i = 0; i < 5000; ++i) {
        const std::size_t index = (i * 631 + t * 77) % 5000;
        database.read_datum(index, true, datum);
        wrong[t] +=
            datum.data[0] + 256 * datum.data[1] != static_cast<int>(index);
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, std::vector<int>(8));
}

TEST(Database, ReadsWhatManyTransactionsLeft) {
  for (int i = 0; i < 6; ++i) {
    const std::string path = foreign("churned" + std::to_string(i));
    const Database database(path);
    std::string found;
    Datum datum;
    for (std::size_t index = 0; index < database.size(); ++index) {
      found += database.read_datum(index, true, datum);
      found += " " + std::to_string(datum.label) + "\n";
      EXPECT_EQ(datum.data.size(), static_cast<std::size_t>(datum.label));
    }
    EXPECT_GT(database.size(), 50u);
    EXPECT_EQ(found, testing::read_text(path + ".txt"));
  }
}

TEST(Database, ReadsKeysOfAnyBytes) {
  const Database database(foreign("long_keys"));
  ASSERT_EQ(database.size(), 100u);
  const Record record = database.read(73);
  EXPECT_EQ(record.key.size(), 511u);
  EXPECT_EQ(static_cast<unsigned char>(record.key[2]), 73);
  EXPECT_THAT(name_of_record(database, record.key), HasSubstr("\\x00\\xffIk"));
}

TEST(Database, IsOpenedTwiceInOneProcess) {
  const Database one(foreign("digits"));
  const Database two(foreign("digits"));
  EXPECT_EQ(one.read(3).key, two.read(3).key);
  EXPECT_EQ(one.identity(), two.identity());
  EXPECT_NE(one.identity(), Database(foreign("encoded")).identity());
}

TEST(Database, NamesDatabaseAndKeyOfABadRecord) {
  const Database database(foreign("pickled"));
  Datum datum;
  EXPECT_THAT(
      [&] { database.read_datum(0, true, datum); },
      ThrowsMessage<BadData>(AllOf(
          HasSubstr("record '0' of /"),
          HasSubstr("pickled"),
          HasSubstr("no Datum"))));
}

TEST(KeyIndex, RemembersOneKeyOfThirtyTwo) {
  KeyIndex index;
  for (int i = 0; i < 100; ++i) {
    index.add("key" + std::to_string(i));
  }
  EXPECT_EQ(index.size(), 100u);
  EXPECT_EQ(index.key_before(0), "key0");
  EXPECT_EQ(index.key_before(31), "key0");
  EXPECT_EQ(index.key_before(32), "key32");
  EXPECT_EQ(index.key_before(99), "key96");
}

TEST(KeyIndex, StaysSmallForTenMillionRecords) {
  KeyIndex index;
  const std::string key(60, 'k');
  for (int i = 0; i < 10'000'000; ++i) {
    index.add(key);
  }
  EXPECT_LT(index.memory_bytes(), std::size_t{48} << 20);
}

}  // namespace
}  // namespace convoy
