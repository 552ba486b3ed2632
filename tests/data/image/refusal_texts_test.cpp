// What is wrong with a picture is told in one sentence: what was seen, what was
// wanted, what to do.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "data/image/decode.h"
#include "tests/data/image/pictures.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using testing::as_bytes;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::picture;
using ::testing::StartsWith;
using Bytes = std::vector<std::uint8_t>;

std::string refusal(
    std::span<const std::uint8_t> bytes, const DecodeOptions& options = {}) {
  Image image;
  try {
    Decoder(options).decode(bytes, image);
  } catch (const BadData& error) {
    return error.what();
  }
  return "it was taken";
}

std::string refusal_of_text(std::string_view content) {
  return refusal(as_bytes(content));
}

TEST(RefusalTexts, NameTheKindOfFileByItsContent) {
  using std::string_view_literals::operator""sv;
  const std::pair<std::string_view, std::string_view> kinds[] = {
      {"", "empty"},
      {"GIF89a..", "a GIF"},
      {"RIFF\1\2\3\4WEBPVP8 ", "a WebP picture"},
      {"\0\0\0\x18"
       "ftypheic"sv,
       "a HEIC picture"},
      {"\0\0\0\x18"
       "ftypavif"sv,
       "an AVIF picture"},
      {"II*\0...."sv, "a TIFF"},
      {"MM\0*...."sv, "a TIFF"},
      {"BM......", "a BMP"},
      {"%PDF-1.7", "a PDF"},
      {"PK\3\4....", "a ZIP archive"},
      {"<!DOCTYPE html>", "an HTML page"},
      {"<!doctype html>", "an HTML page"},
      {"<html>", "an HTML page"},
      {"<HTML>", "an HTML page"},
      {"<?xml version", "an XML file"},
      {"<svg>", "an SVG"},
      {"hello\r\n\t", "a text file"},
      {"\1\2\3\4\5\6\7\x8\x9",
       "of an unknown kind (first bytes 01 02 03 04 05 06 07 08)"}};
  for (const auto& [content, words] : kinds) {
    EXPECT_EQ(
        refusal_of_text(content),
        "it is " + std::string(words) +
            ", and a JPEG or PNG was wanted: convert it, or leave it out");
  }
}

TEST(RefusalTexts, GiveSizeAndLimitOfWhatIsTooLarge) {
  DecodeOptions options;
  options.limits.max_pixels = 5000;
  for (const std::string name : {"420.jpg", "rgb.png"}) {
    EXPECT_EQ(
        refusal(picture(name), options),
        "it says it is 101 x 75 pixels, more than the 5000 allowed: make it "
        "smaller before it is imported");
  }
  options.limits.max_pixels = 101 * 75;
  EXPECT_EQ(refusal(picture("420.jpg"), options), "it was taken");
}

TEST(RefusalTexts, SayWhenDecodingTakesTooMuchMemory) {
  DecodeOptions options;
  options.limits.max_memory_bytes = 1 << 14;
  EXPECT_THAT(
      refusal(picture("444p.jpg"), options),
      AllOf(
          StartsWith("it can't be decoded as a JPEG (libjpeg says: "),
          EndsWith("); save it smaller")));
}

TEST(RefusalTexts, GiveTheLimitOfScans) {
  DecodeOptions options;
  options.limits.max_scans = 3;
  EXPECT_EQ(
      refusal(picture("420p.jpg"), options),
      "it has more than the 3 scans allowed, as no camera writes: save it "
      "again");
}

// A JPEG's header with two components, which no colour space has.
TEST(RefusalTexts, CountChannelsThatNoPictureHas) {
  Bytes jpeg = {0xFF, 0xD8, 0xFF, 0xDB, 0x00, 0x43, 0x00};
  jpeg.insert(jpeg.end(), 64, 1);
  const Bytes frame = {
      0xFF, 0xC0, 0, 14, 8, 0, 8, 0, 8, 2, 1, 0x11, 0, 2, 0x11, 0};
  const Bytes scan = {0xFF, 0xDA, 0, 10, 2, 1, 0, 2, 0, 0, 63, 0, 0xFF, 0xD9};
  jpeg.insert(jpeg.end(), frame.begin(), frame.end());
  jpeg.insert(jpeg.end(), scan.begin(), scan.end());
  EXPECT_EQ(
      refusal(jpeg),
      "it is a JPEG of 2 channels; 1, 3 and 4 can be read: save it as RGB");
}

TEST(RefusalTexts, QuoteTheLibraryOnDamage) {
  Bytes jpeg = picture("420.jpg");
  jpeg.resize(jpeg.size() / 2);
  EXPECT_EQ(
      refusal(jpeg, {.strict = true}),
      "it can't be decoded as a JPEG (libjpeg says: Premature end of JPEG "
      "file); copy or save it again");
  Bytes png = picture("rgb.png");
  png.resize(png.size() / 2);
  EXPECT_EQ(
      refusal(png),
      "it is no PNG that can be used (libpng says: the file ends too early); "
      "copy or save it again");
  Bytes flipped = picture("rgb.png");
  flipped[flipped.size() / 2] ^= 1;
  EXPECT_THAT(
      refusal(flipped, {.strict = true}),
      AllOf(HasSubstr("libpng says: "), EndsWith("; copy or save it again")));
}

}  // namespace
}  // namespace convoy
