// EXIF blocks that are odd or hostile; pixels turned by each orientation.

#include "data/image/orientation.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

// 2 x 3 pixels, numbered along the rows.
Image numbered() {
  Image image;
  image.resize(2, 3, 1);
  image.pixels = {1, 2, 3, 4, 5, 6};
  return image;
}

TEST(Orientation, TurnsAsTheExifStandardSays) {
  const std::vector<std::vector<std::uint8_t>> wanted = {
      {1, 2, 3, 4, 5, 6},
      {3, 2, 1, 6, 5, 4},
      {6, 5, 4, 3, 2, 1},
      {4, 5, 6, 1, 2, 3},
      {1, 4, 2, 5, 3, 6},
      {4, 1, 5, 2, 6, 3},
      {6, 3, 5, 2, 4, 1},
      {3, 6, 2, 5, 1, 4}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    Image out;
    make_upright(numbered(), orientation, out);
    EXPECT_EQ(out.pixels, wanted[orientation - 1]) << orientation;
    EXPECT_EQ(out.height, orientation >= 5 ? 3 : 2);
    EXPECT_EQ(out.width, orientation >= 5 ? 2 : 3);
  }
}

std::vector<std::uint8_t> jpeg_with_exif(std::vector<std::uint8_t> tiff) {
  std::vector<std::uint8_t> bytes = {0xFF, 0xD8, 0xFF, 0xE1, 0, 0};
  bytes[5] = static_cast<std::uint8_t>(8 + tiff.size());
  for (const char c : {'E', 'x', 'i', 'f', '\0', '\0'}) {
    bytes.push_back(static_cast<std::uint8_t>(c));
  }
  bytes.insert(bytes.end(), tiff.begin(), tiff.end());
  return bytes;
}

const std::vector<std::uint8_t> kBigEndianSix = {
    'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0};

TEST(Orientation, ReadsBothByteOrders) {
  EXPECT_EQ(jpeg_orientation(jpeg_with_exif(kBigEndianSix)), 6);
  EXPECT_EQ(
      jpeg_orientation(jpeg_with_exif({'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12,
                                       1,   3,   0,  1, 0, 0, 0, 3, 0, 0, 0})),
      3);
}

TEST(Orientation, IsOneWhenTheBlockMakesNoSense) {
  auto nine = kBigEndianSix;
  nine[19] = 9;
  EXPECT_EQ(jpeg_orientation(jpeg_with_exif(nine)), 1);
  auto far = kBigEndianSix;
  far[4] = 0xFF;  // the directory lies beyond the block
  EXPECT_EQ(jpeg_orientation(jpeg_with_exif(far)), 1);
  EXPECT_EQ(jpeg_orientation(jpeg_with_exif({'M', 'M'})), 1);
  EXPECT_EQ(jpeg_orientation({}), 1);
  EXPECT_EQ(png_orientation({}), 1);
}

TEST(Orientation, IsTotalOnEveryCut) {
  const auto whole = jpeg_with_exif(kBigEndianSix);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    // A copy of the exact size, so that a sanitizer sees each byte too far.
    const std::vector<std::uint8_t> part(whole.begin(), whole.begin() + size);
    EXPECT_EQ(jpeg_orientation(part), 1) << size;
  }
}

}  // namespace
}  // namespace convoy
