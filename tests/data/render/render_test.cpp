// The pictures as a whole.

#include "data/render/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <thread>

namespace convoy {
namespace {

Image picture(const RenderKey& key, int size_px = 48, std::uint64_t seed = 1) {
  Image image;
  render_vehicle({size_px, seed}, key, image);
  return image;
}

int class_of(const std::string& name) {
  const std::vector<std::string> names = render_class_names();
  return static_cast<int>(
      std::find(names.begin(), names.end(), name) - names.begin());
}

TEST(Render, NamesAHundredClassesInSortedOrder) {
  const std::vector<std::string> names = render_class_names();
  EXPECT_EQ(names.size(), 100u);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 100u);
  EXPECT_EQ(names.front(), "pickup_az000_el05");
  EXPECT_THAT(names, ::testing::Contains("sedan_az045_el30"));
  EXPECT_THAT(names, ::testing::Contains("van_az315_el60"));
  EXPECT_EQ(names.back(), "van_top");
}

TEST(Render, GivesTheSameBytesForTheSameKey) {
  for (int id = 0; id < 100; id += 7) {
    const RenderKey key{Split::val, id, 3};
    const Image first = picture(key);
    Image used(picture({Split::train, 99, 1}, 96));
    render_vehicle({48, 1}, key, used);
    EXPECT_EQ(first.pixels, used.pixels);
    EXPECT_EQ(used.width, 48);
  }
}

TEST(Render, GivesOtherBytesForAnotherKey) {
  const RenderKey key{Split::train, 30, 4};
  const Image first = picture(key);
  EXPECT_NE(first.pixels, picture({Split::train, 30, 5}).pixels);
  EXPECT_NE(first.pixels, picture({Split::train, 31, 4}).pixels);
  EXPECT_NE(first.pixels, picture({Split::val, 30, 4}).pixels);
  EXPECT_NE(first.pixels, picture({Split::test, 30, 4}).pixels);
  EXPECT_NE(first.pixels, picture(key, 48, 2).pixels);
}

TEST(Render, DoesNotDependOnThreads) {
  constexpr int kCount = 60;
  const auto key = [](int i) { return RenderKey{Split::train, i % 100, i}; };
  std::vector<Image> alone(kCount);
  for (int i = 0; i < kCount; ++i) {
    render_vehicle({40, 9}, key(i), alone[i]);
  }
  std::vector<Image> together(kCount);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = kCount - 1 - t; i >= 0; i -= 4) {
        render_vehicle({40, 9}, key(i), together[i]);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (int i = 0; i < kCount; ++i) {
    EXPECT_EQ(alone[i].pixels, together[i].pixels);
  }
}

TEST(Render, DrawsSizesFrom32To512) {
  for (const int size : {32, 33, 96, 224, 512}) {
    const Image image = picture({Split::train, 57, 2}, size);
    EXPECT_EQ(image.width, size);
    EXPECT_EQ(image.height, size);
    EXPECT_EQ(image.channels, 3);
    ASSERT_EQ(image.pixels.size(), static_cast<std::size_t>(size) * size * 3);
    const auto [low, high] =
        std::minmax_element(image.pixels.begin(), image.pixels.end());
    EXPECT_GT(*high - *low, 60) << "size " << size << " shows next to nothing";
  }
}

/// Mean of size x size x 3 values of square blocks: the same scene at a coarser
/// size.
std::vector<double> coarse(const Image& image, int size) {
  std::vector<double> sums(static_cast<std::size_t>(size) * size * 3);
  const int step = image.width / size;
  for (int y = 0; y < size * step; ++y) {
    for (int x = 0; x < size * step; ++x) {
      for (int c = 0; c < 3; ++c) {
        sums[(static_cast<std::size_t>(y / step) * size + x / step) * 3 + c] +=
            image.row(y)[x * 3 + c] / static_cast<double>(step * step);
      }
    }
  }
  return sums;
}

TEST(Render, ShowsTheSameSceneAtEverySize) {
  for (const int id : {10, 40, 74, 99}) {
    const auto small = coarse(picture({Split::train, id, 1}, 64), 16);
    const auto large = coarse(picture({Split::train, id, 1}, 256), 16);
    double difference = 0;
    for (std::size_t i = 0; i < small.size(); ++i) {
      difference += std::abs(small[i] - large[i]) / small.size();
    }
    // Noise, blur and the finest texture are per pixel; all else scales.
    EXPECT_LT(difference, 6) << "class " << id;
  }
}

TEST(Render, RefusesWhatIsOutOfRange) {
  EXPECT_THROW(picture({Split::train, 0, 0}, 31), std::invalid_argument);
  EXPECT_THROW(picture({Split::train, 0, 0}, 513), std::invalid_argument);
  EXPECT_THROW(picture({Split::train, -1, 0}), std::invalid_argument);
  EXPECT_THROW(picture({Split::train, 100, 0}), std::invalid_argument);
  EXPECT_THROW(picture({Split::train, 0, -1}), std::invalid_argument);
  EXPECT_THROW(picture({static_cast<Split>(3), 0, 0}), std::invalid_argument);
}

/// Where a class has edges: the mean over many samples of how much brightness
/// changes downwards and to the right, each picture scaled to the same total.
std::vector<double> mean_edges(int class_id, std::int64_t first_sample) {
  constexpr int kCount = 60;
  constexpr int kEdgeSide = 32;
  std::vector<double> mean(kEdgeSide * kEdgeSide);
  for (std::int64_t s = first_sample; s < first_sample + kCount; ++s) {
    const Image image = picture({Split::train, class_id, s}, kEdgeSide);
    std::vector<double> edges(mean.size());
    double total = 0;
    for (int y = 0; y + 1 < kEdgeSide; ++y) {
      for (int x = 0; x + 1 < kEdgeSide; ++x) {
        const int here = image.row(y)[3 * x + 1];
        const int change = std::abs(image.row(y)[3 * x + 4] - here) +
                           std::abs(image.row(y + 1)[3 * x + 1] - here);
        edges[y * kEdgeSide + x] = change;
        total += change;
      }
    }
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i] += edges[i] / total;
    }
  }
  return mean;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  }
  return sum;
}

TEST(Render, ShowsOppositeSidesDifferently) {
  for (const std::string type : {"pickup", "sedan", "truck", "van"}) {
    for (const auto& [side, other] :
         {std::pair("045", "315"),
          std::pair("090", "270"),
          std::pair("135", "225")}) {
      const int a = class_of(type + "_az" + side + "_el30");
      const int b = class_of(type + "_az" + other + "_el30");
      const std::vector<double> mean = mean_edges(a, 0);
      EXPECT_GT(
          distance(mean, mean_edges(b, 0)),
          1.5 * distance(mean, mean_edges(a, 1000)))
          << type << ' ' << side;
    }
  }
}

}  // namespace
}  // namespace convoy
