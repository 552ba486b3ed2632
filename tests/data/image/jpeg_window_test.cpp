// JPEGs written again with restart markers, and decoded in part.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "data/image/encode.h"
#include "data/image/jpeg/decode_jpeg.h"
#include "data/image/jpeg/rewrite_jpeg.h"
#include "tests/support/pictures.h"

namespace convoy {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct Kind {
  int height;
  int width;
  int channels;
  Chroma chroma;
};

/// Waves with noise: codes of all lengths.
Image photograph(const Kind& kind) {
  Image image = testing::smooth_picture(kind.height, kind.width, kind.channels);
  std::mt19937 random(7);
  for (std::uint8_t& value : image.pixels) {
    value = static_cast<std::uint8_t>(value + random() % 23);
  }
  return image;
}

Bytes jpeg_of(const Kind& kind, bool progressive = false) {
  Bytes bytes;
  encode_jpeg(
      photograph(kind),
      {.quality = 90,
       .chroma = kind.chroma,
       .optimise = false,
       .progressive = progressive},
      bytes);
  return bytes;
}

Image decoded(const Bytes& bytes, Colour colour = Colour::as_stored) {
  Image image;
  decode_jpeg(bytes, {.colour = colour, .strict = true}, image);
  return image;
}

/// What lies in `window`, row by row.
Bytes pixels_in(const Image& image, const Window& window) {
  Bytes pixels;
  for (int y = window.y; y < window.y + window.height; ++y) {
    const std::uint8_t* row = image.row(y) + window.x * image.channels;
    pixels.insert(pixels.end(), row, row + window.width * image.channels);
  }
  return pixels;
}

struct Rewritten {
  Bytes bytes;
  JpegSegments segments;
};

Rewritten rewritten(const Bytes& bytes) {
  Rewritten result;
  EXPECT_TRUE(rewrite_jpeg(bytes, {}, result.bytes, result.segments));
  return result;
}

class JpegOfKind : public ::testing::TestWithParam<Kind> {};

TEST_P(JpegOfKind, KeepsItsPixelsWhenItIsRewritten) {
  const Bytes before = jpeg_of(GetParam());
  const Rewritten after = rewritten(before);
  EXPECT_EQ(decoded(after.bytes).pixels, decoded(before).pixels);
  const Rewritten again = rewritten(after.bytes);
  EXPECT_EQ(again.bytes, after.bytes) << "once is enough";
  EXPECT_EQ(again.segments, after.segments);
}

TEST_P(JpegOfKind, HasInAnyWindowThePixelsOfTheWhole) {
  const Kind& kind = GetParam();
  const Rewritten jpeg = rewritten(jpeg_of(kind));
  std::mt19937 random(3);
  const auto upto = [&](int n) { return static_cast<int>(random() % n); };
  Bytes scratch;
  for (const Colour colour : {Colour::as_stored, Colour::rgb}) {
    const Image whole = decoded(jpeg.bytes, colour);
    for (int i = 0; i < 100; ++i) {
      Window window;
      window.x = upto(kind.width);
      window.y = upto(kind.height);
      window.width = 1 + upto(kind.width - window.x);
      window.height = 1 + upto(kind.height - window.y);
      Image part;
      ASSERT_TRUE(decode_jpeg_window(
          jpeg.bytes,
          jpeg.segments,
          [&](const PictureSize&) { return window; },
          {.colour = colour},
          scratch,
          part));
      ASSERT_EQ(part.height, kind.height);
      ASSERT_EQ(part.width, kind.width);
      ASSERT_EQ(pixels_in(part, window), pixels_in(whole, window))
          << window.width << "x" << window.height << " at " << window.x << ", "
          << window.y;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds,
    JpegOfKind,
    ::testing::Values(
        Kind{200, 320, 3, Chroma::half_420},
        Kind{131, 517, 3, Chroma::half_420},
        Kind{240, 333, 3, Chroma::full_444},
        Kind{90, 97, 3, Chroma::full_444},
        Kind{301, 400, 1, Chroma::full_444},
        Kind{17, 1200, 3, Chroma::half_420},
        Kind{5, 3, 3, Chroma::half_420}));

TEST(JpegSegments, AreWorthTheirBytes) {
  const Bytes before = jpeg_of({480, 640, 3, Chroma::half_420});
  const Rewritten after = rewritten(before);
  EXPECT_GE(after.segments.columns, 4);
  EXPECT_EQ(after.segments.sizes.size() % after.segments.columns, 0u);
  EXPECT_LT(
      after.bytes.size() + serialise_segments(after.segments).size(),
      before.size());
}

TEST(JpegSegments, AreNotMadeOfAProgressiveJpeg) {
  Rewritten result;
  EXPECT_FALSE(rewrite_jpeg(
      jpeg_of({64, 64, 3, Chroma::half_420}, /*progressive=*/true),
      {},
      result.bytes,
      result.segments));
}

TEST(JpegSegments, ComeBackFromTheirBytes) {
  const JpegSegments segments{623, 2, {0, 127, 128, 70000}};
  const std::string bytes = serialise_segments(segments);
  const std::span<const std::uint8_t> all(
      reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  EXPECT_EQ(parse_segments(all), segments);
  for (std::size_t size = 0; size < all.size(); ++size) {
    EXPECT_EQ(parse_segments(all.first(size)), std::nullopt) << size;
  }
  std::string later = bytes;
  later[0] = 9;
  EXPECT_EQ(
      parse_segments(
          {reinterpret_cast<const std::uint8_t*>(later.data()), later.size()}),
      std::nullopt);
}

TEST(JpegSegments, AreNotReadWhereNothingIsNeededOfThem) {
  Rewritten jpeg = rewritten(jpeg_of({160, 320, 3, Chroma::half_420}));
  const Image whole = decoded(jpeg.bytes);
  const Window left{0, 0, 40, 160};
  // All but the first column is overwritten with what is no code.
  std::size_t at = jpeg.segments.scan_offset;
  for (std::size_t i = 0; i < jpeg.segments.sizes.size(); ++i) {
    const std::uint32_t size = jpeg.segments.sizes[i];
    if (i % jpeg.segments.columns > 0) {
      std::fill_n(jpeg.bytes.begin() + at, size, 0x55);
    }
    at += size + 2;
  }
  Bytes scratch;
  Image part;
  ASSERT_TRUE(decode_jpeg_window(
      jpeg.bytes,
      jpeg.segments,
      [&](const PictureSize&) { return left; },
      {},
      scratch,
      part));
  EXPECT_EQ(pixels_in(part, left), pixels_in(whole, left));
  EXPECT_NE(part.pixels, whole.pixels);
}

TEST(JpegSegments, OfAnotherFileAreNotUsed) {
  const Rewritten jpeg = rewritten(jpeg_of({160, 320, 3, Chroma::half_420}));
  const Bytes other = jpeg_of({160, 320, 3, Chroma::half_420});
  Bytes scratch;
  Image image;
  const auto fits = [&](const Bytes& bytes, const JpegSegments& segments) {
    return decode_jpeg_window(
        bytes,
        segments,
        [](const PictureSize&) {
          return Window{8, 8, 200, 100};
        },
        {},
        scratch,
        image);
  };
  EXPECT_TRUE(fits(jpeg.bytes, jpeg.segments));
  EXPECT_FALSE(fits(other, jpeg.segments)) << "it has no restarts";
  for (const std::size_t i : {std::size_t{0}, jpeg.segments.sizes.size() - 1}) {
    JpegSegments wrong = jpeg.segments;
    wrong.sizes[i] += 1;
    EXPECT_FALSE(fits(jpeg.bytes, wrong)) << i;
  }
  JpegSegments wrong = jpeg.segments;
  std::swap(wrong.sizes[1], wrong.sizes[2]);
  EXPECT_FALSE(fits(jpeg.bytes, wrong));
  wrong = jpeg.segments;
  wrong.scan_offset -= 1;
  EXPECT_FALSE(fits(jpeg.bytes, wrong));
  Bytes cut = jpeg.bytes;
  cut.resize(cut.size() - 2);
  EXPECT_FALSE(fits(cut, jpeg.segments));
}

}  // namespace
}  // namespace convoy
