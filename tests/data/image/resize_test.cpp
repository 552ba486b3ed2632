#include "data/image/resize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

#include "tests/support/oracle.h"
#include "tests/support/pictures.h"

namespace convoy {
namespace {

using testing::random_picture;

struct Case {
  Image picture;
  Box box;
  int height;
  int width;
};

Box whole(const Image& image) {
  return {
      0,
      0,
      static_cast<double>(image.width),
      static_cast<double>(image.height)};
}

std::vector<Case> fixed_cases() {
  const int sizes[][4] = {
      {375, 500, 224, 224},
      {7, 5, 224, 224},
      {1, 1, 3, 3},
      {480, 640, 1, 1},
      {333, 500, 256, 384},
      {64, 64, 64, 64},
      {64, 64, 64, 31},
      {64, 64, 31, 64},
      {3, 1000, 2, 17},
      {1000, 2, 13, 2}};
  std::vector<Case> cases;
  unsigned seed = 1;
  for (const auto& [height, width, to_height, to_width] : sizes) {
    for (int channels : {1, 3}) {
      Image picture = random_picture(height, width, channels, seed++);
      const Box box = whole(picture);
      cases.push_back({std::move(picture), box, to_height, to_width});
    }
  }
  // The smallest and largest values must neither wrap nor lose a step.
  for (std::uint8_t value : {0, 255}) {
    Image flat = random_picture(50, 60, 3, 1);
    std::fill(flat.pixels.begin(), flat.pixels.end(), value);
    const Box box = whole(flat);
    cases.push_back({std::move(flat), box, 33, 77});
  }
  return cases;
}

std::vector<Case> random_cases(int count) {
  std::mt19937 random(7);
  const auto uniform = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  std::vector<Case> cases;
  for (int i = 0; i < count; ++i) {
    const int height = static_cast<int>(uniform(1, 200));
    const int width = static_cast<int>(uniform(1, 200));
    const int channels = i % 3 == 0 ? 1 : 3;
    Box box{uniform(0, width - 0.5), uniform(0, height - 0.5), 0, 0};
    box.width = uniform(0.2, 1) * (width - box.x);
    box.height = uniform(0.2, 1) * (height - box.y);
    if (i % 2 == 0) {  // as a random crop draws it
      box.x = std::floor(box.x);
      box.y = std::floor(box.y);
      box.width = std::ceil(box.width);
      box.height = std::ceil(box.height);
    }
    cases.push_back(
        {random_picture(height, width, channels, 100 + i),
         box,
         static_cast<int>(uniform(1, 120)),
         static_cast<int>(uniform(1, 120))});
  }
  return cases;
}

std::vector<std::uint8_t> pillow(const std::vector<Case>& cases) {
  std::vector<std::uint8_t> pictures;
  std::vector<double> numbers;
  for (const Case& one : cases) {
    pictures.insert(
        pictures.end(), one.picture.pixels.begin(), one.picture.pixels.end());
    for (double value :
         {double(one.picture.height),
          double(one.picture.width),
          double(one.picture.channels),
          one.box.x,
          one.box.y,
          one.box.width,
          one.box.height,
          double(one.height),
          double(one.width)}) {
      numbers.push_back(value);
    }
  }
  testing::Oracle oracle;
  oracle.write("pictures.bin", pictures);
  oracle.write("cases.bin", numbers);
  oracle.ask("data/image/resize_oracle.py");
  return oracle.read<std::uint8_t>("resized.bin");
}

void expect_pillows_bits(const std::vector<Case>& cases, Simd simd) {
  const std::vector<std::uint8_t> expected = pillow(cases);
  Resizer resizer(simd);
  std::size_t at = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& one = cases[i];
    Image out;
    resizer.run(
        one.picture,
        {one.box, one.height, one.width, {0, 0, one.width, one.height}},
        out);
    ASSERT_LE(at + out.pixels.size(), expected.size());
    EXPECT_TRUE(
        std::equal(out.pixels.begin(), out.pixels.end(), expected.begin() + at))
        << "case " << i << ": " << one.picture.height << "x"
        << one.picture.width << "x" << one.picture.channels << " to "
        << one.height << "x" << one.width;
    at += out.pixels.size();
  }
  EXPECT_EQ(at, expected.size());
}

TEST(Resize, EqualsPillowOnWholePictures) {
  expect_pillows_bits(fixed_cases(), best_simd());
  expect_pillows_bits(fixed_cases(), Simd::portable);
}

TEST(Resize, EqualsPillowOnBoxes) {
  expect_pillows_bits(random_cases(400), best_simd());
  expect_pillows_bits(random_cases(400), Simd::portable);
}

TEST(Resize, ReusesItsScratchWithoutMixingPictures) {
  Resizer reused;
  for (const Case& one : random_cases(60)) {
    const ResizePlan plan{
        one.box, one.height, one.width, {0, 0, one.width, one.height}};
    Image out;
    Image fresh;
    reused.run(one.picture, plan, out);
    Resizer().run(one.picture, plan, fresh);
    EXPECT_EQ(out.pixels, fresh.pixels);
  }
}

TEST(Resize, WindowIsAPartOfTheWhole) {
  const Image picture = random_picture(90, 130, 3, 5);
  Image all;
  resize(picture, 60, 70, all);
  Image part;
  Resizer().run(picture, {whole(picture), 60, 70, {11, 9, 40, 30}}, part);
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 40 * 3; ++x) {
      ASSERT_EQ(part.row(y)[x], all.row(y + 9)[x + 11 * 3]);
    }
  }
}

TEST(Resize, WindowBeyondTheBoxShowsWhatThePictureHasThere) {
  const Image picture = random_picture(100, 100, 3, 6);
  Image wide;
  Image box;
  // Scale 2: ten grid pixels more to each side are twenty source pixels.
  Resizer().run(picture, {{30, 30, 40, 40}, 20, 20, {-10, -10, 40, 40}}, wide);
  Resizer().run(picture, {{10, 10, 80, 80}, 40, 40, {0, 0, 40, 40}}, box);
  EXPECT_EQ(wide.pixels, box.pixels);
}

TEST(Resize, FlipsAreExactMirrorImages) {
  for (int channels : {1, 3}) {
    const Image picture = random_picture(61, 83, channels, 8);
    const ResizePlan straight{{3, 4, 70, 50}, 40, 37, {0, 0, 37, 40}};
    for (const auto& [horizontal, vertical] :
         {std::pair{true, false}, {false, true}, {true, true}}) {
      ResizePlan plan = straight;
      plan.flip_horizontal = horizontal;
      plan.flip_vertical = vertical;
      Image out;
      Image flipped;
      Resizer().run(picture, straight, out);
      Resizer().run(picture, plan, flipped);
      for (int y = 0; y < 40; ++y) {
        for (int x = 0; x < 37; ++x) {
          for (int c = 0; c < channels; ++c) {
            ASSERT_EQ(
                flipped.row(
                    vertical ? 39 - y
                             : y)[(horizontal ? 36 - x : x) * channels + c],
                out.row(y)[x * channels + c]);
          }
        }
      }
    }
  }
}

TEST(Resize, CropKeepsItsSurroundingsOut) {
  Image picture = random_picture(60, 70, 3, 10);
  const Window crop{20, 15, 30, 28};
  ResizePlan plan{{0, 0, 30, 28}, 17, 13, {0, 0, 13, 17}};
  plan.crop = crop;
  Image out;
  Resizer().run(picture, plan, out);
  Image cut;
  resize(picture, {20, 15, 30, 28}, 28, 30, cut);
  Image expected;
  resize(cut, 17, 13, expected);
  EXPECT_EQ(out.pixels, expected.pixels);
}

TEST(Resize, CropsWithoutScalingCopyPixels) {
  const Image picture = random_picture(50, 40, 3, 9);
  Image out;
  resize(picture, {7, 5, 20, 30}, 30, 20, out);
  for (int y = 0; y < 30; ++y) {
    EXPECT_TRUE(std::equal(
        out.row(y), out.row(y) + 20 * 3, picture.row(y + 5) + 7 * 3));
  }
}

TEST(Resize, RefusesABoxOutsideOfThePicture) {
  const Image picture = random_picture(10, 10, 3, 1);
  Image out;
  EXPECT_THROW(resize(picture, {-1, 0, 5, 5}, 4, 4, out), std::logic_error);
  EXPECT_THROW(resize(picture, {6, 0, 5, 5}, 4, 4, out), std::logic_error);
  EXPECT_THROW(resize(picture, {0, 0, 5, 0}, 4, 4, out), std::logic_error);
  EXPECT_THROW(resize(picture, 0, 4, out), std::logic_error);
  EXPECT_THROW(resize(Image(), 4, 4, out), std::logic_error);
  ResizePlan crop{{0, 0, 5, 5}, 4, 4, {0, 0, 4, 4}};
  crop.crop = Window{6, 0, 5, 5};
  EXPECT_THROW(Resizer().run(picture, crop, out), std::logic_error);
  EXPECT_THROW(
      Resizer().run(picture, {{0, 0, 10, 10}, 5, 5, {-1, 0, 5, 5}}, out),
      std::logic_error);
}

}  // namespace
}  // namespace convoy
