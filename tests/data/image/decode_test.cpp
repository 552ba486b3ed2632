// Decoded pixels against Pillow's, and what a file tells of itself.

#include "data/image/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "tests/data/image/pictures.h"

namespace convoy {
namespace {

using testing::expected;
using ::testing::HasSubstr;
using testing::picture;
using testing::pictures;
using ::testing::ThrowsMessage;

void expect_equal(
    const Image& got, const Image& wanted, const std::string& of) {
  EXPECT_EQ(got.height, wanted.height) << of;
  EXPECT_EQ(got.width, wanted.width) << of;
  EXPECT_EQ(got.channels, wanted.channels) << of;
  EXPECT_TRUE(got.pixels == wanted.pixels) << of;
}

ImageFacts facts_of(const std::string& name) {
  Image image;
  return Decoder().decode(picture(name), image);
}

TEST(Decoder, GivesPillowsPixelsInColourAndGray) {
  Decoder rgb({.colour = Colour::rgb, .strict = true});
  Decoder gray({.colour = Colour::gray, .strict = true});
  Image image;
  int compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(pictures())) {
    const std::string name = entry.path().filename();
    if (!std::filesystem::exists(entry.path().string() + ".rgb")) {
      continue;
    }
    const auto bytes = picture(name);
    rgb.decode(bytes, image);
    expect_equal(image, expected(name + ".rgb"), name);
    gray.decode(bytes, image);
    expect_equal(image, expected(name + ".gray"), name);
    ++compared;
  }
  EXPECT_EQ(compared, 52);
}

TEST(Decoder, KeepsGrayFilesGrayAsStored) {
  Decoder decoder({.colour = Colour::as_stored});
  Image image;
  for (const std::string name : {"gray.jpg", "gray.png", "every16.png"}) {
    decoder.decode(picture(name), image);
    expect_equal(image, expected(name + ".gray"), name);
  }
  for (const std::string name : {"420.jpg", "palette.png", "cmyk.jpg"}) {
    decoder.decode(picture(name), image);
    expect_equal(image, expected(name + ".rgb"), name);
  }
}

TEST(Decoder, ReusesTheImagesMemory) {
  Decoder decoder;
  Image image;
  decoder.decode(picture("420.jpg"), image);
  const std::uint8_t* before = image.pixels.data();
  decoder.decode(picture("one_pixel.jpg"), image);
  decoder.decode(picture("444.jpg"), image);
  EXPECT_EQ(image.pixels.data(), before);
}

TEST(Decoder, TellsWhatItConverted) {
  EXPECT_TRUE(facts_of("cmyk.jpg").cmyk);
  EXPECT_TRUE(facts_of("420p.jpg").progressive);
  EXPECT_FALSE(facts_of("420.jpg").progressive);
  EXPECT_EQ(facts_of("gray.jpg").channels, 1);
  EXPECT_EQ(facts_of("rgb16.png").bits, 16);
  EXPECT_TRUE(facts_of("palette.png").palette);
  EXPECT_TRUE(facts_of("rgba.png").alpha);
  EXPECT_EQ(facts_of("rgba.png").format, ImageFormat::png);
  EXPECT_EQ(facts_of("one_bit.png").bits, 1);
  EXPECT_FALSE(facts_of("420.jpg").damaged);
}

TEST(Decoder, TellsTheStoredAndTheUprightSize) {
  const ImageFacts facts = facts_of("turned6.jpg");
  EXPECT_EQ(facts.orientation, 6);
  EXPECT_EQ(facts.height, 75);
  EXPECT_EQ(facts.width, 101);
  EXPECT_EQ(facts.upright_height(), 101);
  EXPECT_EQ(facts.upright_width(), 75);
}

TEST(Probe, AgreesWithADecode) {
  for (const std::string name : {"420p.jpg", "rgb16.png", "turned8.png"}) {
    const ImageFacts probed = probe(picture(name));
    const ImageFacts decoded = facts_of(name);
    EXPECT_EQ(probed.format, decoded.format);
    EXPECT_EQ(probed.height, decoded.height);
    EXPECT_EQ(probed.width, decoded.width);
    EXPECT_EQ(probed.channels, decoded.channels);
    EXPECT_EQ(probed.bits, decoded.bits);
    EXPECT_EQ(probed.orientation, decoded.orientation);
    EXPECT_EQ(probed.progressive, decoded.progressive);
  }
}

TEST(Decoder, GoesByContentAndNotByName) {
  EXPECT_THAT(
      [] { probe(testing::as_bytes("<!DOCTYPE html><p>404 Not Found")); },
      ThrowsMessage<BadData>(HasSubstr("an HTML page")));
  EXPECT_THAT(
      [] { probe({}); }, ThrowsMessage<BadData>(HasSubstr("it is empty")));
  EXPECT_THAT(
      [] { probe(testing::as_bytes("GIF89a...")); },
      ThrowsMessage<BadData>(HasSubstr("a GIF")));
  EXPECT_THAT(
      [] { probe(testing::as_bytes("hello\n")); },
      ThrowsMessage<BadData>(HasSubstr("a text file")));
}

}  // namespace
}  // namespace convoy
