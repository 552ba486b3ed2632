// Caffe's Datum: every field as the proto says, anything else refused in words.

#include "data/store/datum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "data/errors.h"
#include "data/store/hash.h"
#include "tests/support/files.h"

namespace convoy {
namespace {

using testing::as_bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using namespace std::string_literals;

Datum parse(const std::string& bytes) {
  Datum datum;
  parse_datum(as_bytes(bytes), datum);
  datum.data = {};  // it would point into the argument
  return datum;
}

TEST(Datum, ReadsTheTagsOfCaffe) {
  const std::string bytes =
      "\x08\x03\x10\x02\x18\x01\x22\x06"
      "abcdef\x28\x09\x38\x01"s;
  Datum datum;
  parse_datum(as_bytes(bytes), datum);
  EXPECT_EQ(datum.channels, 3);
  EXPECT_EQ(datum.height, 2);
  EXPECT_EQ(datum.width, 1);
  EXPECT_EQ(datum.label, 9);
  EXPECT_TRUE(datum.has_label);
  EXPECT_TRUE(datum.encoded);
  EXPECT_EQ(std::string(datum.data.begin(), datum.data.end()), "abcdef");
  EXPECT_EQ(reinterpret_cast<const char*>(datum.data.data()), bytes.data() + 8);
}

TEST(Datum, ReadsANegativeLabelOfTenBytes) {
  const Datum datum = parse("\x28\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"s);
  EXPECT_EQ(datum.label, -1);
}

TEST(Datum, ReadsFloatsPackedAndUnpacked) {
  EXPECT_THAT(
      parse("\x35\0\0\x80\x3F\x35\0\0\0\x40"s).float_data, ElementsAre(1, 2));
  EXPECT_THAT(
      parse("\x32\x08\0\0\x80\x3F\0\0\0\x40"s).float_data, ElementsAre(1, 2));
}

TEST(Datum, SkipsUnknownFields) {
  // Field 15 of each simple wire type, then a label.
  const Datum datum = parse(
      "\x78\x05\x7A\x02xy\x7D...."
      "\x79........\x28\x03"s);
  EXPECT_EQ(datum.label, 3);
}

TEST(Datum, ForgetsTheRecordBefore) {
  Datum datum;
  parse_datum(as_bytes("\x28\x03\x35\0\0\x80\x3F\x38\x01"s), datum);
  parse_datum(as_bytes("\x08\x01"s), datum);
  EXPECT_EQ(datum.label, 0);
  EXPECT_FALSE(datum.has_label);
  EXPECT_FALSE(datum.encoded);
  EXPECT_TRUE(datum.float_data.empty());
}

TEST(Datum, RefusesWhatIsNone) {
  EXPECT_THAT(  // Caffe2's TensorProtos begin like this
      [] { parse("\x0A\x04\x10\x01\x18\x01"s); },
      ThrowsMessage<BadData>(HasSubstr("field 1 has wire type 2")));
  EXPECT_THROW(parse("\x22\x7F"s), BadData);  // 127 bytes that are not there
  EXPECT_THROW(parse("\x08"s), BadData);
  EXPECT_THROW(parse("\x32\x03..."s), BadData);  // three quarters of a float
  EXPECT_THROW(parse("\xFF\xD8\xFF\xE0"s), BadData);
}

TEST(Datum, ComesBackAsItWasWritten) {
  const std::string pixels = "012345678901234567";
  Datum datum;
  datum.channels = 3;
  datum.height = 2;
  datum.width = 3;
  datum.label = -7;
  datum.data = as_bytes(pixels);
  std::string bytes;
  serialise_datum(datum, bytes);
  Datum back;
  parse_datum(as_bytes(bytes), back);
  EXPECT_EQ(back.channels, 3);
  EXPECT_EQ(back.height, 2);
  EXPECT_EQ(back.width, 3);
  EXPECT_EQ(back.label, -7);
  EXPECT_FALSE(back.encoded);
  EXPECT_TRUE(std::equal(
      back.data.begin(), back.data.end(), pixels.begin(), pixels.end()));
  EXPECT_EQ(back.checksum, checksum_of(datum));
  EXPECT_NO_THROW(check_checksum(back));
  EXPECT_NO_THROW(check_payload(back));
}

TEST(Datum, TheChecksumSeesEveryBit) {
  Datum datum;
  datum.encoded = true;
  datum.label = 5;
  datum.float_data = {1, 2, 3};
  std::string pixels(300, 'p');
  datum.data = as_bytes(pixels);
  std::string bytes;
  serialise_datum(datum, bytes);
  int silent = 0;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string hurt = bytes;
    hurt[bit / 8] = static_cast<char>(hurt[bit / 8] ^ (1 << bit % 8));
    try {
      Datum back;
      parse_datum(as_bytes(hurt), back);
      check_checksum(back);
      // A flip may also change nothing (another way to write true), or take the
      // checksum itself away.
      const bool same = back.label == datum.label && back.encoded &&
                        back.channels == 0 && back.height == 0 &&
                        back.width == 0 &&
                        back.float_data == datum.float_data &&
                        std::equal(
                            back.data.begin(),
                            back.data.end(),
                            datum.data.begin(),
                            datum.data.end());
      silent += back.checksum && !same ? 1 : 0;
    } catch (const BadData&) {
    }
  }
  EXPECT_EQ(silent, 0);
}

TEST(Datum, TheChecksumIsTheDocumentedOne) {
  // XXH3-64 of nothing, as the xxHash project publishes it.
  EXPECT_EQ(hash64(std::string_view()), 0x2D06800538D394C2ull);
  Datum datum;
  datum.label = 3;
  datum.channels = 1;
  datum.height = 2;
  datum.width = 4;
  datum.encoded = true;
  datum.data = as_bytes("picture");
  const std::string head = "\3\0\0\0\1\0\0\0\2\0\0\0\4\0\0\0\1\0\0\0"s;
  EXPECT_EQ(checksum_of(datum), hash64("picture", hash64(head)));
}

TEST(Datum, AnEncodedOneNeedsNoSizes) {
  Datum datum;
  datum.encoded = true;
  EXPECT_THAT(
      [&] { check_payload(datum); },
      ThrowsMessage<BadData>(HasSubstr("its data are empty")));
  datum.data = as_bytes("x");
  EXPECT_NO_THROW(check_payload(datum));
}

TEST(Datum, ARawOneHoldsWhatItsSizesSay) {
  Datum datum;
  EXPECT_THAT(
      [&] { check_payload(datum); },
      ThrowsMessage<BadData>(HasSubstr("it holds no pixels")));
  datum.data = as_bytes("abcdef");
  EXPECT_THROW(check_payload(datum), BadData);
  datum.channels = 3;
  datum.height = 1;
  datum.width = 2;
  EXPECT_NO_THROW(check_payload(datum));
  datum.channels = 2;
  datum.width = 3;
  EXPECT_THROW(check_payload(datum), BadData);
  datum.channels = 3;
  datum.height = datum.width = 2147483647;
  EXPECT_THROW(check_payload(datum), BadData);
  datum.height = datum.width = -1;
  EXPECT_THROW(check_payload(datum), BadData);
}

TEST(Datum, IsTotalOnAnyBytes) {
  std::mt19937 random(99);
  Datum datum;
  datum.encoded = true;
  datum.float_data = {1, 2};
  datum.data = as_bytes("a picture");
  std::string whole;
  serialise_datum(datum, whole);
  int parsed = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = whole;
    if (round % 2 == 0) {
      bytes.resize(random() % 40);
      for (char& c : bytes) {
        c = static_cast<char>(random());
      }
    } else {
      for (int i = 0; i < 3; ++i) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
    }
    const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
    try {
      Datum back;
      parse_datum(exact, back);
      check_payload(back);
      ++parsed;
    } catch (const BadData&) {
    }
  }
  EXPECT_GT(parsed, 0);
}

}  // namespace
}  // namespace convoy
