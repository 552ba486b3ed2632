#include "trainer/report/tf_record.h"

#include <gtest/gtest.h>

#include <numeric>

namespace convoy {
namespace {

TEST(Crc32c, HasTheValuesOfRfc3720) {
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  std::string rising(32, 0);
  std::iota(rising.begin(), rising.end(), 0);
  EXPECT_EQ(crc32c(rising), 0x46dd794eu);
}

TEST(TfRecord, IsLengthAndDataEachWithItsMaskedCrc) {
  // The 24 bytes of a version event with which TensorFlow's files begin are
  // known for the twelve before them.
  const std::string record = tf_record(std::string(24, 'x'));
  ASSERT_EQ(record.size(), 8u + 4 + 24 + 4);
  EXPECT_EQ(
      record.substr(0, 12),
      std::string("\x18\0\0\0\0\0\0\0\xa3\x7f\x4b\x22", 12));
  EXPECT_EQ(record.substr(12, 24), std::string(24, 'x'));
}

TEST(TfRecord, MasksAnEmptyRecordsCrcToo) {
  // The CRC of nothing is 0, and its mask the offset alone.
  const std::string record = tf_record("");
  EXPECT_EQ(record.substr(0, 8), std::string(8, '\0'));
  EXPECT_EQ(record.substr(12), "\xd8\xea\x82\xa2");
}

}  // namespace
}  // namespace convoy
