// DIGITS' resize modes against Pillow.

#include "data/importers/resize_modes.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/data/importers/photos.h"
#include "tests/support/process.h"

namespace convoy {
namespace {

using testing::read_bytes;
using testing::TempDir;

ResizeMode mode_named(const std::string& name) {
  for (const ResizeMode mode :
       {ResizeMode::squash,
        ResizeMode::crop,
        ResizeMode::fill,
        ResizeMode::half_crop}) {
    if (names(mode)[static_cast<int>(mode)] == name) {
      return mode;
    }
  }
  return ResizeMode::none;
}

TEST(ResizeModes, KeepThePixelsThatPillowKeeps) {
  const TempDir dir;
  testing::run_python(
      "data/importers/resize_modes_oracle.py", {dir.path().string()});
  std::istringstream cases(testing::read_text(dir / "cases.txt"));
  std::string name, mode;
  PixelSize in, target;
  int top = 0, left = 0, height = 0, width = 0;
  int count = 0;
  while (cases >> name >> mode >> in.height >> in.width >> target.height >>
         target.width >> top >> left >> height >> width) {
    Image image, out;
    image.resize(in.height, in.width, 3);
    image.pixels = read_bytes(dir / (name + ".in"));
    ModeResizer(mode_named(mode), target).run(image, 1, out);
    ASSERT_EQ(out.height, target.height) << name;
    ASSERT_EQ(out.width, target.width) << name;
    const auto wanted = read_bytes(dir / (name + ".out"));
    ASSERT_EQ(wanted.size(), 3u * height * width) << name;
    for (int y = 0; y < height; ++y) {
      ASSERT_TRUE(std::equal(
          wanted.begin() + 3 * width * y,
          wanted.begin() + 3 * width * (y + 1),
          out.row(top + y) + 3 * left))
          << name << " row " << y;
    }
    ++count;
  }
  EXPECT_EQ(count, 240);
}

TEST(ResizeModes, NoiseFillsTheRestAndIsRepeatable) {
  const Image wide = testing::photo(3, 10, 100);
  Image a, b, c;
  ModeResizer resizer(ResizeMode::fill, {50, 50});
  resizer.run(wide, 7, a);
  resizer.run(wide, 7, b);
  resizer.run(wide, 8, c);
  EXPECT_EQ(a.pixels, b.pixels);
  EXPECT_NE(a.pixels, c.pixels);
  double sum = 0;
  for (int i = 0; i < 22 * 150; ++i) {
    sum += a.pixels[i];
  }
  EXPECT_NEAR(sum / (22 * 150), 127.5, 8);  // six standard errors of noise
}

TEST(ResizeModes, SurviveExtremeShapes) {
  Image out;
  for (const auto& [height, width] :
       {std::pair{1, 3000}, std::pair{3000, 1}, std::pair{1, 1}}) {
    for (const ResizeMode mode :
         {ResizeMode::squash,
          ResizeMode::crop,
          ResizeMode::fill,
          ResizeMode::half_crop}) {
      ModeResizer(mode, {33, 64})
          .run(testing::photo(1, height, width, 1), 0, out);
      EXPECT_EQ(out.height, 33);
      EXPECT_EQ(out.width, 64);
      EXPECT_EQ(out.channels, 1);
    }
  }
}

}  // namespace
}  // namespace convoy
