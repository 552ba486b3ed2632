// Colours and float records.

#include "data/store/pixels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "data/store/database.h"
#include "tests/data/store/foreign.h"
#include "tests/support/files.h"

namespace convoy {
namespace {

using testing::as_bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

Datum two_pixels(int channels, std::string_view planes) {
  Datum datum;
  datum.channels = channels;
  datum.height = 1;
  datum.width = 2;
  datum.data = as_bytes(planes);
  return datum;
}

std::vector<std::uint8_t> pixels(const Datum& datum, Colour colour) {
  Decoder decoder({.colour = colour});
  Image image;
  to_image(datum, decoder, image);
  EXPECT_EQ(image.pixels.size(), 2u * image.channels);
  return image.pixels;
}

TEST(Pixels, BluePlaneComesFirst) {
  const Datum datum = two_pixels(3, "\1\2\3\4\5\6");
  EXPECT_THAT(pixels(datum, Colour::rgb), ElementsAre(5, 3, 1, 6, 4, 2));
  // (19595 R + 38470 G + 7471 B + 32768) / 65536
  EXPECT_THAT(pixels(datum, Colour::gray), ElementsAre(3, 4));
}

TEST(Pixels, GrayBecomesThreeEqualChannels) {
  const Datum datum = two_pixels(1, "\7\11");
  EXPECT_THAT(pixels(datum, Colour::rgb), ElementsAre(7, 7, 7, 9, 9, 9));
  EXPECT_THAT(pixels(datum, Colour::as_stored), ElementsAre(7, 9));
}

TEST(Pixels, FloatsAreRoundedAndNeverClipped) {
  Datum datum = two_pixels(1, "");
  datum.float_data = {0.4f, 254.6f};
  EXPECT_THAT(pixels(datum, Colour::gray), ElementsAre(0, 255));
  for (const float wrong : {-1.0f, 256.0f, std::nanf("")}) {
    datum.float_data = {1, wrong};
    EXPECT_THAT(
        [&] { pixels(datum, Colour::gray); },
        ThrowsMessage<BadData>(HasSubstr("from 0 to 255")));
  }
}

TEST(Pixels, FloatsOfTheUnitRangeAreRefusedInWords) {
  const Database database(testing::foreign("floats_unit"));
  Datum datum;
  database.read_datum(0, true, datum);
  EXPECT_THAT(
      [&] { pixels(datum, Colour::rgb); },
      ThrowsMessage<BadData>(HasSubstr("between 0 and 1")));
}

}  // namespace
}  // namespace convoy
