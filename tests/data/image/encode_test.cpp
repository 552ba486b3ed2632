// What is written can be read: PNG exactly, JPEG as closely as its quality
// says.

#include "data/image/encode.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "data/errors.h"
#include "data/image/decode.h"
#include "tests/data/image/pictures.h"

namespace convoy {
namespace {

using testing::expected;

double mean_difference(const Image& a, const Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    sum += std::abs(a.pixels[i] - b.pixels[i]);
  }
  return sum / static_cast<double>(a.pixels.size());
}

TEST(Encode, APngComesBackExactly) {
  std::vector<std::uint8_t> bytes;
  Image back;
  for (const std::string name : {"rgb.png.rgb", "gray.png.gray"}) {
    const Image image = expected(name);
    encode_png(image, 6, bytes);
    Decoder({.colour = Colour::as_stored, .strict = true}).decode(bytes, back);
    EXPECT_EQ(back.channels, image.channels);
    EXPECT_TRUE(back.pixels == image.pixels);
  }
}

TEST(Encode, AJpegComesBackClosely) {
  const Image image = expected("444.jpg.rgb");
  std::vector<std::uint8_t> bytes;
  Image back;
  encode_jpeg(image, {.quality = 100, .chroma = Chroma::full_444}, bytes);
  Decoder({.strict = true}).decode(bytes, back);
  EXPECT_LT(mean_difference(back, image), 1.0);
  const std::size_t at_100 = bytes.size();
  encode_jpeg(image, {.quality = 60}, bytes);
  Decoder({.strict = true}).decode(bytes, back);
  EXPECT_LT(mean_difference(back, image), 12.0);
  EXPECT_LT(bytes.size(), at_100 / 2);
}

TEST(Encode, GrayStaysGray) {
  const Image image = expected("gray.jpg.gray");
  std::vector<std::uint8_t> bytes;
  encode_jpeg(image, {}, bytes);
  EXPECT_EQ(probe(bytes).channels, 1);
}

TEST(Encode, OptimisedTablesChangeSizeAndNoPixel) {
  const Image image = expected("444.jpg.rgb");
  std::vector<std::uint8_t> plain, optimised;
  encode_jpeg(image, {.optimise = false}, plain);
  encode_jpeg(image, {.optimise = true}, optimised);
  EXPECT_LT(optimised.size(), plain.size());
  Image a, b;
  Decoder().decode(plain, a);
  Decoder().decode(optimised, b);
  EXPECT_TRUE(a.pixels == b.pixels);
}

TEST(Encode, RefusesWhatAJpegCannotHold) {
  Image image;
  image.resize(1, 70000, 1);
  std::vector<std::uint8_t> bytes;
  EXPECT_THROW(encode_jpeg(image, {}, bytes), BadData);
}

}  // namespace
}  // namespace convoy
