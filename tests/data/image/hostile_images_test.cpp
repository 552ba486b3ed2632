// Files that are damaged, or made to cost as much as possible: always BadData,
// soon.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <random>

#include "data/errors.h"
#include "data/image/decode.h"
#include "tests/data/image/pictures.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using testing::picture;
using ::testing::ThrowsMessage;
using Bytes = std::vector<std::uint8_t>;

// Writes a big-endian number of two bytes into a JPEG's frame header.
void set_jpeg_size(Bytes& jpeg, int height, int width) {
  for (std::size_t i = 2; i + 9 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xFF && jpeg[i + 1] >= 0xC0 && jpeg[i + 1] <= 0xC2) {
      jpeg[i + 5] = static_cast<std::uint8_t>(height >> 8);
      jpeg[i + 6] = static_cast<std::uint8_t>(height);
      jpeg[i + 7] = static_cast<std::uint8_t>(width >> 8);
      jpeg[i + 8] = static_cast<std::uint8_t>(width);
      return;
    }
  }
  FAIL() << "no frame header";
}

long peak_memory_kb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(HostileImages, AnEnormousJpegIsRefusedBeforeMemoryIsAskedFor) {
  Bytes bomb = picture("420p.jpg");
  set_jpeg_size(bomb, 65500, 65500);
  const long before = peak_memory_kb();
  Image image;
  EXPECT_THAT(
      [&] { Decoder().decode(bomb, image); },
      ThrowsMessage<BadData>(HasSubstr("65500 x 65500 pixels")));
  EXPECT_LT(peak_memory_kb() - before, 4096);
}

TEST(HostileImages, ACoefficientStoreBeyondTheLimitIsRefused) {
  Bytes bomb = picture("444p.jpg");
  set_jpeg_size(bomb, 8000, 8000);
  Image image;
  DecodeOptions options;
  options.limits.max_memory_bytes = 64 << 20;  // 8000 x 8000 x 3 x 2 are needed
  EXPECT_THAT(
      [&] { Decoder(options).decode(bomb, image); },
      ThrowsMessage<BadData>(HasSubstr("libjpeg says")));
}

TEST(HostileImages, EndlessScansAreCutOff) {
  Bytes jpeg = picture("420p.jpg");
  // The last scan's bytes, from its SOS marker to the EOI marker, over and
  // over.
  std::size_t scan = jpeg.size() - 2;
  while (!(jpeg[scan] == 0xFF && jpeg[scan + 1] == 0xDA)) {
    --scan;
  }
  const Bytes again(jpeg.begin() + scan, jpeg.end() - 2);
  jpeg.resize(scan);
  for (int i = 0; i < 200; ++i) {
    jpeg.insert(jpeg.end(), again.begin(), again.end());
  }
  jpeg.insert(jpeg.end(), {0xFF, 0xD9});
  Image image;
  EXPECT_THAT(
      [&] { Decoder().decode(jpeg, image); },
      ThrowsMessage<BadData>(HasSubstr("more than the 100 scans")));
}

TEST(HostileImages, AJpegCutAnywhereIsBadDataWhenReadStrictly) {
  Decoder strict({.strict = true});
  Image image;
  for (const std::string name : {"420.jpg", "420p.jpg", "gray.jpg"}) {
    const Bytes whole = picture(name);
    strict.decode(whole, image);
    for (std::size_t cut = 0; cut < whole.size() - 1; cut += 7) {
      const Bytes part(whole.begin(), whole.begin() + cut);
      EXPECT_THROW(strict.decode(part, image), BadData) << name << " " << cut;
    }
  }
}

TEST(HostileImages, ACutJpegIsPaintedOverWhenTolerant) {
  const Bytes whole = picture("420.jpg");
  const Bytes half(whole.begin(), whole.begin() + whole.size() * 3 / 4);
  Image image;
  const ImageFacts facts = Decoder().decode(half, image);
  EXPECT_TRUE(facts.damaged);
  EXPECT_EQ(image.height, 75);
  EXPECT_EQ(image.width, 101);
}

TEST(HostileImages, APngCutAnywhereIsBadDataWhenReadStrictly) {
  Decoder strict({.strict = true});
  Image image;
  const Bytes whole = picture("palette.png");
  for (std::size_t cut = 0; cut < whole.size() - 1; cut += 7) {
    const Bytes part(whole.begin(), whole.begin() + cut);
    EXPECT_THROW(strict.decode(part, image), BadData) << cut;
  }
}

TEST(HostileImages, AnEnormousPngIsRefused) {
  const Bytes bomb = picture("huge.png.bomb");
  Image image;
  EXPECT_THAT(
      [&] { Decoder().decode(bomb, image); },
      ThrowsMessage<BadData>(HasSubstr("100000 x 100000 pixels")));
}

TEST(HostileImages, AMillionTimesPackedTextCostsNothing) {
  const Bytes bomb = picture("text_bomb.png");
  const long before = peak_memory_kb();
  Image image;
  Decoder({.strict = true}).decode(bomb, image);
  EXPECT_EQ(image.width, 4);
  EXPECT_LT(peak_memory_kb() - before, 4096);
}

TEST(HostileImages, RandomDamageNeverCrashes) {
  std::mt19937 random(20240607);
  Image image;
  int decoded = 0;
  int refused = 0;
  for (const std::string name :
       {"420.jpg",
        "444p.jpg",
        "cmyk.jpg",
        "turned6.jpg",
        "restarts.jpg",
        "palette4.png",
        "turned5.png",
        "rgb16_interlaced.png"}) {
    const Bytes whole = picture(name);
    for (int round = 0; round < 150; ++round) {
      Bytes hurt = whole;
      const int flips = 1 + static_cast<int>(random() % 12);
      for (int i = 0; i < flips; ++i) {
        hurt[random() % hurt.size()] = static_cast<std::uint8_t>(random());
      }
      if (random() % 4 == 0) {
        hurt.resize(random() % hurt.size());
      }
      Decoder decoder({.strict = round % 2 == 0});
      try {
        decoder.decode(hurt, image);
        ++decoded;
      } catch (const BadData& error) {
        EXPECT_NE(std::string(error.what()), "");
        ++refused;
      }
    }
  }
  EXPECT_EQ(decoded + refused, 1200);
  EXPECT_GT(decoded, 0);
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace convoy
