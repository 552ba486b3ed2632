// What is drawn about a picture: keyed, and disjoint between splits.

#include "data/render/scene/scene.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <set>
#include <tuple>
#include <vector>

#include "data/render/classes.h"
#include "tests/data/render/in_band.h"

namespace convoy {
namespace {

constexpr Split kSplits[] = {Split::train, Split::val, Split::test};
constexpr int kSamples = 12;

std::vector<Scene> scenes_of(Split split, std::uint64_t seed = 1) {
  std::vector<Scene> scenes;
  for (int id = 0; id < kRenderClasses; ++id) {
    for (int sample = 0; sample < kSamples; ++sample) {
      scenes.push_back(draw_scene(seed, {split, id, sample}));
    }
  }
  return scenes;
}

/// Checks that this number of every scene, mapped to [0, 1], is in its split's
/// bands.
void expect_banded(const std::function<float(const Scene&)>& number) {
  for (const Split split : kSplits) {
    for (const Scene& scene : scenes_of(split)) {
      ASSERT_TRUE(in_band(number(scene), split)) << number(scene);
    }
  }
}

/// The least distance between a value of one split and a value of another, as a
/// part of the range of all values.
double least_gap(const std::function<float(const Scene&)>& number) {
  std::vector<std::pair<float, int>> values;
  for (int split = 0; split < 3; ++split) {
    for (const Scene& scene : scenes_of(kSplits[split])) {
      values.emplace_back(number(scene), split);
    }
  }
  std::sort(values.begin(), values.end());
  double least = std::numeric_limits<double>::max();
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i].second != values[i - 1].second) {
      least = std::min<double>(least, values[i].first - values[i - 1].first);
    }
  }
  return least / (values.back().first - values.front().first);
}

// Between two bands lie 4 % of one of 32 cells.
constexpr double kGap = 0.03 / 32;

double display(float light) {
  return std::sqrt(light);
}

/// 0 to 1 round the colour circle; needs a colour that is not gray.
double hue_of(Rgb linear) {
  const double r = display(linear.x);
  const double g = display(linear.y);
  const double b = display(linear.z);
  const double high = std::max({r, g, b});
  const double span = high - std::min({r, g, b});
  const double sixths = high == r   ? (g - b) / span
                        : high == g ? 2 + (b - r) / span
                                    : 4 + (r - g) / span;
  return sixths < 0 ? sixths / 6 + 1 : sixths / 6;
}

TEST(Scene, SharesNoCameraBetweenSplits) {
  using Number = float (*)(const Scene&);
  const std::vector<Number> numbers{
      [](const Scene& s) { return s.camera.roll_deg; },
      [](const Scene& s) { return s.camera.distance; },
      [](const Scene& s) { return s.camera.fill; },
      [](const Scene& s) { return s.camera.shift_x; },
      [](const Scene& s) { return s.camera.shift_y; },
      [](const Scene& s) {
        const int nominal =
            45 * static_cast<int>(std::lround(s.camera.azimuth_deg / 45));
        return s.camera.azimuth_deg - static_cast<float>(nominal);
      }};
  for (const Number number : numbers) {
    EXPECT_GT(least_gap(number), kGap);
  }
}

TEST(Scene, SharesNoPaintBetweenSplits) {
  for (const Split split : kSplits) {
    for (const Scene& scene : scenes_of(split)) {
      ASSERT_TRUE(in_band(hue_of(scene.paint.body), split, 0.01));
      ASSERT_TRUE(in_band(hue_of(scene.paint.second), split, 0.01));
    }
  }
  EXPECT_GT(least_gap([](const Scene& s) { return s.paint.gloss; }), kGap);
}

TEST(Scene, SharesNoBackgroundBetweenSplits) {
  expect_banded([](const Scene& s) { return s.background.angle_deg / 360; });
  for (int i = 0; i < 6; ++i) {
    expect_banded([i](const Scene& s) { return s.background.numbers[i]; });
  }
  std::set<std::uint32_t> keys;
  for (const Split split : kSplits) {
    for (const Scene& scene : scenes_of(split)) {
      keys.insert(scene.background.noise_key);
    }
  }
  EXPECT_EQ(keys.size(), 3u * kSamples * kRenderClasses);
}

TEST(Scene, SharesNoVehicleShapeBetweenSplits) {
  expect_banded([](const Scene& s) { return 0.5f + 0.5f * s.shape.length; });
  expect_banded([](const Scene& s) { return 0.5f + 0.5f * s.shape.height; });
}

TEST(Scene, GivesEverySplitTheSameDistribution) {
  for (const Split split : kSplits) {
    double hue = 0;
    double neutral = 0;
    double places[4] = {};
    const std::vector<Scene> scenes = scenes_of(split);
    for (const Scene& scene : scenes) {
      hue += hue_of(scene.paint.body);
      const Rgb c = scene.paint.body;
      neutral += display(std::min({c.x, c.y, c.z})) >
                 0.85 * display(std::max({c.x, c.y, c.z}));
      ++places[static_cast<int>(scene.background.place)];
    }
    // 1200 scenes: standard errors are 0.008 and 0.014.
    EXPECT_NEAR(hue / scenes.size(), 0.5, 0.04);
    EXPECT_NEAR(neutral / scenes.size(), 0.35, 0.06);
    for (const double place : places) {
      EXPECT_GT(place / scenes.size(), 0.1);
    }
  }
}

TEST(Scene, ChangesWithSeedSplitClassAndSample) {
  const auto body = [](std::uint64_t seed, const RenderKey& key) {
    const Rgb c = draw_scene(seed, key).paint.body;
    return std::tuple(c.x, c.y, c.z);
  };
  const auto first = body(1, {Split::train, 3, 5});
  EXPECT_EQ(first, body(1, {Split::train, 3, 5}));
  EXPECT_NE(first, body(2, {Split::train, 3, 5}));
  EXPECT_NE(first, body(1, {Split::val, 3, 5}));
  EXPECT_NE(first, body(1, {Split::train, 4, 5}));
  EXPECT_NE(first, body(1, {Split::train, 3, 6}));
  EXPECT_NE(first, body(1, {Split::train, 3, std::int64_t{5} + (1ll << 32)}));
}

TEST(Scene, KeepsTheCameraNearItsClass) {
  for (const Split split : kSplits) {
    for (int id = 0; id < kRenderClasses; ++id) {
      const ClassView view = view_of_class(id);
      for (int sample = 0; sample < kSamples; ++sample) {
        const CameraDraw c = draw_scene(1, {split, id, sample}).camera;
        // Half the way to the next azimuth is 22.5 degrees, to the next
        // elevation 10.
        EXPECT_LT(std::abs(c.azimuth_deg - view.azimuth_deg), 15);
        EXPECT_LT(std::abs(c.elevation_deg - view.elevation_deg), 10);
        EXPECT_GT(c.elevation_deg, 0.5f);
      }
    }
  }
}

}  // namespace
}  // namespace convoy
