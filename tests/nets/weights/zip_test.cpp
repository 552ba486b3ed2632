// Zip archives that torch.save does not write.

#include "nets/weights/zip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/nets/weights/made_files.h"
#include "tests/nets/weights/torch_files.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;

testing::MadeZip good_zip() {
  return testing::zip_of(
      testing::pickled_dict({{"w", testing::pickled_tensor({})}}),
      {std::string(24, '\1')});
}

TEST(Zip, AcceptsEveryFormThatTorchHasWritten) {
  testing::MadeZip zip = good_zip();
  EXPECT_EQ(testing::weight_refusal(testing::made_zip(zip)), "accepted");
  zip.end.zip64 = true;
  EXPECT_EQ(testing::weight_refusal(testing::made_zip(zip)), "accepted");
  zip.entries[1].sizes_behind_data = true;
  zip.entries[1].flags = 8;
  EXPECT_EQ(testing::weight_refusal(testing::made_zip(zip)), "accepted");
  zip.entries.push_back({"a/byteorder", "little"});
  EXPECT_EQ(testing::weight_refusal(testing::made_zip(zip)), "accepted");
}

struct ZipTrick {
  const char* name;
  std::function<void(testing::MadeZip&)> play;
  const char* words;
};

class ZipTricks : public ::testing::TestWithParam<ZipTrick> {};

TEST_P(ZipTricks, AreRefusedWithASentence) {
  testing::MadeZip zip = good_zip();
  GetParam().play(zip);
  EXPECT_THAT(
      testing::weight_refusal(testing::made_zip(zip)),
      HasSubstr(GetParam().words));
}

/// An extra field of the directory that holds one wide number.
std::string wide_field(std::uint64_t number) {
  std::string field("\x01\x00\x08\x00", 4);
  append_number(field, number);
  return field;
}

const std::vector<ZipTrick> kEntryTricks{
    {"Compressed",
     [](auto& z) { z.entries[1].method = 8; },
     "\"a/data/0\" is compressed"},
    {"Encrypted",
     [](auto& z) { z.entries[1].flags = 1; },
     "\"a/data/0\" is encrypted"},
    {"TwoSizes",
     [](auto& z) { z.entries[1].packed_size_lie = 1; },
     "two different sizes"},
    {"TooLong",
     [](auto& z) { z.entries[2].size_lie = 1; },
     "a zip entry should have 3 more bytes"},
    {"OverTheNext",
     [](auto& z) { z.entries[1].size_lie = 1; },
     "\"a/data/0\" and \"a/version\" overlap"},
    {"HugeSize",
     [](auto& z) { z.entries[1].size_lie = 0xfffffff0u - 24; },
     "should have 4294967280 more bytes"},
    {"OwnSize",
     [](auto& z) { z.entries[1].own_size_lie = 4; },
     "contradicts the archive's directory"},
    {"OwnName",
     [](auto& z) { z.entries[1].own_name = "a/data/1"; },
     "contradicts the archive's directory"},
    {"WrongCrc",
     [](auto& z) { z.entries[1].crc_lie = 1; },
     "\"data/0\" has the CRC-32"},
    {"TwoOfOneName",
     [](auto& z) { z.entries.push_back(z.entries[1]); },
     "\"a/data/0\" comes twice"},
    {"AnotherFolder",
     [](auto& z) {
       z.entries.push_back({"b/data/1", "x"});
     },
     "\"b/data/1\" does not lie in the one folder"},
    {"NoFolder",
     [](auto& z) { z.entries[0].name = "data.pkl"; },
     "does not lie in the one folder"},
    {"BeyondTheEnd",
     [](auto& z) { z.entries[1].offset_lie = 1u << 20; },
     "would begin behind the entries"},
    {"InTheMiddle",
     [](auto& z) { z.entries[1].offset_lie = 3; },
     "is cut short or altered"},
    {"WideOffsetBeyondTheEnd",
     [](auto& z) {
       z.entries[0].offset_lie = 0xffffffff;
       z.entries[0].extra = wide_field(~0ull);
     },
     "would begin behind the entries"},
    {"NoWideOffset",
     [](auto& z) { z.entries[0].offset_lie = 0xffffffff; },
     "lacks the zip64 field"},
    {"ShortWideField",
     [](auto& z) {
       z.entries[0].offset_lie = 0xffffffff;
       z.entries[0].extra = std::string("\x01\x00\x04\x00zzzz", 8);
     },
     "a zip64 field should have 8 more bytes"},
    {"BigEndian",
     [](auto& z) {
       z.entries.push_back({"a/byteorder", "big"});
     },
     "its byte order is \"big\""},
    {"NoPickle",
     [](auto& z) { z.entries.erase(z.entries.begin()); },
     "no entry \"data.pkl\""},
    {"NoStorage",
     [](auto& z) { z.entries.erase(z.entries.begin() + 1); },
     "no entry \"data/0\""},
};

const std::vector<ZipTrick> kEndTricks{
    {"MoreEntries",
     [](auto& z) { z.end.entries_lie = 1; },
     "its zip directory of 165 bytes would hold 4 entries"},
    {"FewerEntries",
     [](auto& z) { z.end.entries_lie = 0xffffffff; },
     "its directory is longer than its entries"},
    {"VeryManyEntries",
     [](auto& z) { z.end.entries_lie = 60000; },
     "would hold 60003 entries"},
    {"LongerDirectory",
     [](auto& z) { z.end.size_lie = 1; },
     "does not lie where its end record says"},
    {"DirectoryElsewhere",
     [](auto& z) { z.end.offset_lie = 0xffffffff; },
     "does not lie where its end record says"},
    {"Comment",
     [](auto& z) { z.end.comment_bytes = 5; },
     "speaks of other disks or of a comment"},
    {"WideEntries",
     [](auto& z) { z.end.zip64 = true, z.end.wide_entries_lie = 1; },
     "its zip64 records contradict the others"},
    {"WideSize",
     [](auto& z) { z.end.zip64 = true, z.end.wide_size_lie = 1ull << 40; },
     "its zip64 records contradict the others"},
    {"WideOffset",
     [](auto& z) { z.end.zip64 = true, z.end.wide_offset_lie = ~0ull; },
     "its zip64 records contradict the others"},
    {"WideAlone",
     [](auto& z) {
       z.end.zip64 = true;
       z.end.entries_lie = 0xffff - 3;
       z.end.wide_entries_lie = 1ull << 60;
     },
     "would hold 1152921504606846979 entries"},
    {"Locator",
     [](auto& z) { z.end.zip64 = true, z.end.locator_lie = 1; },
     "its zip64 records contradict the others"},
    {"OtherDisks",
     [](auto& z) { z.end.zip64 = true, z.end.disks = 1; },
     "its zip64 records contradict the others"},
};

std::string trick_name(const ::testing::TestParamInfo<ZipTrick>& it) {
  return it.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    OfEntries, ZipTricks, ::testing::ValuesIn(kEntryTricks), trick_name);
INSTANTIATE_TEST_SUITE_P(
    OfTheEnd, ZipTricks, ::testing::ValuesIn(kEndTricks), trick_name);

TEST(Zip, RefusesBytesBehindThePickle) {
  testing::MadeZip zip = good_zip();
  zip.entries[0].content += "x";
  EXPECT_THAT(
      testing::weight_refusal(testing::made_zip(zip)),
      HasSubstr("its pickle ends at byte"));
}

}  // namespace
}  // namespace convoy
