#include "data/augment/draw.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <thread>

#include "data/errors.h"
#include "tests/data/augment/distributions.h"
#include "tests/support/oracle.h"

namespace convoy {
namespace {

using testing::kolmogorov_smirnov;

AugmentOptions everything() {
  AugmentOptions options;
  options.crop_px = 96;
  options.flip_vertical = 0.5;
  options.rotate_degrees = 15;
  options.translate_fraction = 0.1;
  options.jitter = {0.3, 0.4, 0.5, 0.1};
  options.noise_stddev = 0.02;
  options.lighting_stddev = 0.1;
  options.policy = AugmentPolicy::trivial_wide;
  options.erase.probability = 0.7;
  options.erase.fill = EraseFill::random;
  return options;
}

/// All that a plan holds, to compare.
std::vector<double> numbers(const AugmentPlan& plan) {
  const Window crop = plan.geometry.crop.value_or(Window{});
  const Operation operation =
      plan.operations.empty() ? Operation{} : plan.operations[0];
  return {
      double(crop.x),
      double(crop.y),
      double(crop.width),
      double(crop.height),
      double(plan.geometry.flip_horizontal),
      double(plan.geometry.flip_vertical),
      plan.rotate_degrees,
      double(plan.shift_x),
      double(plan.shift_y),
      plan.brightness,
      plan.contrast,
      plan.saturation,
      plan.hue,
      plan.noise_stddev,
      double(plan.noise_key),
      plan.lighting[0],
      plan.lighting[1],
      plan.lighting[2],
      double(operation.kind),
      operation.strength,
      double(plan.erase.x),
      double(plan.erase.y),
      double(plan.erase.width),
      double(plan.erase.height),
      double(plan.erase_key)};
}

TEST(DrawPlan, DependsOnTheKeyAlone) {
  const AugmentOptions options = everything();
  constexpr int kSamples = 200;
  const auto draw = [&](int i) {
    return numbers(
        draw_plan(options, {5, 2, static_cast<std::uint64_t>(i)}, {120, 160}));
  };
  std::vector<std::vector<double>> in_order(kSamples);
  for (int i = 0; i < kSamples; ++i) {
    in_order[i] = draw(i);
  }
  std::vector<std::vector<double>> on_threads(kSamples);
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = kSamples - 1 - t; i >= 0; i -= 3) {
        on_threads[i] = draw(i);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(in_order, on_threads);
  EXPECT_NE(in_order[0], in_order[1]);
  EXPECT_NE(numbers(draw_plan(options, {5, 3, 0}, {120, 160})), in_order[0]);
  EXPECT_NE(numbers(draw_plan(options, {6, 2, 0}, {120, 160})), in_order[0]);
}

TEST(DrawPlan, TurningOneAugmentationOffLeavesTheOthers) {
  struct Switch {
    std::function<void(AugmentOptions&)> off;
    std::vector<int> numbers;  // which of numbers() it may change
  };
  const std::vector<Switch> switches = {
      {[](AugmentOptions& o) { o.crop = Crop::none; }, {0, 1, 2, 3}},
      {[](AugmentOptions& o) { o.flip_horizontal = 0; }, {4}},
      {[](AugmentOptions& o) { o.flip_vertical = 0; }, {5}},
      {[](AugmentOptions& o) { o.rotate_degrees = 0; }, {6}},
      {[](AugmentOptions& o) { o.translate_fraction = 0; }, {7, 8}},
      {[](AugmentOptions& o) { o.jitter.brightness = 0; }, {9}},
      {[](AugmentOptions& o) { o.jitter.contrast = 0; }, {10}},
      {[](AugmentOptions& o) { o.jitter.saturation = 0; }, {11}},
      {[](AugmentOptions& o) { o.jitter.hue = 0; }, {12}},
      {[](AugmentOptions& o) { o.noise_stddev = 0; }, {13, 14}},
      {[](AugmentOptions& o) { o.lighting_stddev = 0; }, {15, 16, 17}},
      {[](AugmentOptions& o) { o.policy = AugmentPolicy::none; }, {18, 19}},
      {[](AugmentOptions& o) { o.erase.probability = 0; },
       {20, 21, 22, 23, 24}},
  };
  for (std::size_t s = 0; s < switches.size(); ++s) {
    AugmentOptions without = everything();
    switches[s].off(without);
    bool changed = false;
    for (std::uint64_t sample = 0; sample < 50; ++sample) {
      const DrawKey key{1, 0, sample};
      const auto all = numbers(draw_plan(everything(), key, {120, 160}));
      const auto rest = numbers(draw_plan(without, key, {120, 160}));
      for (std::size_t i = 0; i < all.size(); ++i) {
        const bool own = std::count(
            switches[s].numbers.begin(), switches[s].numbers.end(), i);
        if (own) {
          changed = changed || all[i] != rest[i];
        } else {
          EXPECT_EQ(all[i], rest[i]) << "switch " << s << ", number " << i;
        }
      }
    }
    EXPECT_TRUE(changed) << "switch " << s;
  }
}

TEST(DrawPlan, FactorsStayInTheirRanges) {
  double least = 1;
  double most = 1;
  AugmentOptions options = everything();
  options.jitter.saturation = 1.5;  // [0, 2.5]: torchvision cuts at 0
  for (std::uint64_t sample = 0; sample < 3000; ++sample) {
    const AugmentPlan plan = draw_plan(options, {9, 0, sample}, {100, 100});
    EXPECT_GE(plan.brightness, 0.7);
    EXPECT_LT(plan.brightness, 1.3);
    EXPECT_GE(plan.saturation, 0);
    EXPECT_LT(plan.saturation, 2.5);
    EXPECT_LE(std::abs(plan.hue), 0.1);
    EXPECT_LE(std::abs(plan.rotate_degrees), 15);
    EXPECT_LE(std::abs(plan.shift_x), 10);
    least = std::min(least, plan.brightness);
    most = std::max(most, plan.brightness);
  }
  EXPECT_LT(least, 0.705);
  EXPECT_GT(most, 1.295);
}

TEST(DrawPlan, FlipsAsOftenAsAsked) {
  AugmentOptions options;
  options.flip_horizontal = 0.3;
  int flips = 0;
  constexpr int kDraws = 20000;
  for (std::uint64_t sample = 0; sample < kDraws; ++sample) {
    flips +=
        draw_plan(options, {2, 0, sample}, {100, 100}).geometry.flip_horizontal;
  }
  EXPECT_NEAR(flips / double(kDraws), 0.3, 0.013);  // four standard errors
  options.flip_horizontal = 1;
  EXPECT_TRUE(
      draw_plan(options, {2, 0, 1}, {100, 100}).geometry.flip_horizontal);
}

TEST(DrawPlan, RandomCropReachesEveryOffsetAlike) {
  AugmentOptions options;
  options.crop = Crop::random;
  options.crop_px = 30;
  std::vector<int> hits(5 * 3);
  constexpr int kDraws = 30000;
  for (std::uint64_t sample = 0; sample < kDraws; ++sample) {
    const AugmentPlan plan = draw_plan(options, {2, 0, sample}, {32, 34});
    ASSERT_EQ(plan.geometry.crop->width, 30);
    ++hits[plan.geometry.crop->y * 5 + plan.geometry.crop->x];
  }
  double chi_square = 0;
  for (int hit : hits) {
    chi_square += (hit - kDraws / 15.0) * (hit - kDraws / 15.0) * 15 / kDraws;
  }
  EXPECT_LT(chi_square, 36.1);  // 99.9 % for 14 degrees of freedom
}

TEST(DrawPlan, RefusesAPictureSmallerThanItsCrop) {
  AugmentOptions options;
  for (Crop crop : {Crop::random, Crop::center}) {
    options.crop = crop;
    try {
      draw_plan(options, {}, {200, 300});
      FAIL();
    } catch (const BadData& e) {
      EXPECT_NE(std::string(e.what()).find("200x300"), std::string::npos);
      EXPECT_NE(std::string(e.what()).find("224x224"), std::string::npos);
    }
  }
  options.crop = Crop::none;
  EXPECT_NO_THROW(draw_plan(options, {}, {200, 300}));
  options.crop = Crop::random_resized;
  EXPECT_NO_THROW(draw_plan(options, {}, {20, 30}));
}

class AgainstTorchvision : public ::testing::Test {
 protected:
  AgainstTorchvision() {
    for (int height = 40; height < 400; height += 37) {
      for (int width = 40; width < 400; width += 31) {
        sizes_.push_back(height);
        sizes_.push_back(width);
      }
    }
    oracle_.write("sizes.bin", sizes_);
    oracle_.ask("data/augment/draw_oracle.py");
  }
  std::vector<std::int32_t> sizes_;
  testing::Oracle oracle_;
};

TEST_F(AgainstTorchvision, CropsHaveItsDistributionsSizesAndOffsets) {
  const auto theirs = oracle_.read<std::int32_t>("random_crops.bin");
  const std::size_t count = theirs.size() / 4;
  std::vector<double> ours_of[4];
  std::vector<double> theirs_of[4];
  for (std::size_t i = 0; i < count; ++i) {
    const Window crop = *draw_plan({}, {1, 0, i}, {375, 500}).geometry.crop;
    const int ours[4] = {crop.x, crop.y, crop.width, crop.height};
    for (int k = 0; k < 4; ++k) {
      ours_of[k].push_back(ours[k]);
      theirs_of[k].push_back(theirs[i * 4 + k]);
    }
  }
  for (int k = 0; k < 4; ++k) {
    // 99.9 % for two samples of 20,000.
    EXPECT_LT(kolmogorov_smirnov(ours_of[k], theirs_of[k]), 0.0195) << k;
  }

  AugmentOptions impossible;
  impossible.scale = {2, 2};
  impossible.ratio = {3.0 / 4, 4.0 / 3};
  const auto fallback = oracle_.read<std::int32_t>("fallback.bin");
  const auto resized = oracle_.read<std::int32_t>("resized.bin");
  EvalOptions options;
  options.resize_px = 40;
  options.crop_px = 32;
  for (std::size_t i = 0; i < sizes_.size() / 2; ++i) {
    const PictureSize size{sizes_[2 * i], sizes_[2 * i + 1]};
    const Window crop = *draw_plan(impossible, {}, size).geometry.crop;
    EXPECT_EQ(
        (std::vector<int>{crop.x, crop.y, crop.width, crop.height}),
        std::vector<int>(&fallback[4 * i], &fallback[4 * i] + 4))
        << size.height << "x" << size.width;
    const ResizePlan plan =
        evaluation_plan(options, PixelStyle::torchvision, size).geometry;
    EXPECT_EQ(
        (std::vector<int>{
            plan.height, plan.width, plan.window.y, plan.window.x}),
        std::vector<int>(&resized[4 * i], &resized[4 * i] + 4))
        << size.height << "x" << size.width;
  }
}

// Nothing random is anywhere near it.
TEST(EvaluationPlan, OnlyScalesAndCrops) {
  const AugmentPlan plan =
      evaluation_plan({}, PixelStyle::torchvision, {300, 400});
  EXPECT_FALSE(plan.moves());
  EXPECT_FALSE(plan.recolours());
  EXPECT_FALSE(plan.relights());
  EXPECT_TRUE(plan.operations.empty());
  EXPECT_EQ(plan.noise_stddev, 0);
  EXPECT_EQ(plan.erase.width, 0);
  EXPECT_FALSE(plan.geometry.flip_horizontal);
  EXPECT_FALSE(plan.geometry.flip_vertical);
}

TEST(EvaluationPlan, CaffeRoundsTheOffsetDown) {
  EvalOptions options;
  options.resize_px = 0;
  options.crop_px = 227;
  const Window window =
      evaluation_plan(options, PixelStyle::caffe, {256, 260}).geometry.window;
  EXPECT_EQ(window.y, 14);
  EXPECT_EQ(window.x, 16);
  options.crop_px = 257;
  EXPECT_THROW(
      evaluation_plan(options, PixelStyle::caffe, {256, 260}), BadData);
}

TEST(DrawsAnything, IsFalseWhereEveryPlanOfAPictureIsTheSame) {
  AugmentOptions still;
  still.flip_horizontal = 0;
  for (const Crop crop : {Crop::center, Crop::none}) {
    still.crop = crop;
    still.rand.magnitude = 5;  // of no policy
    still.erase.fill = EraseFill::random;
    EXPECT_FALSE(draws_anything(still));
    EXPECT_EQ(
        numbers(draw_plan(still, {1, 0, 0}, {300, 400})),
        numbers(draw_plan(still, {2, 7, 9}, {300, 400})));
  }
  const std::vector<std::function<void(AugmentOptions&)>> random{
      [](AugmentOptions& o) { o.crop = Crop::random; },
      [](AugmentOptions& o) { o.crop = Crop::random_resized; },
      [](AugmentOptions& o) { o.flip_horizontal = 0.5; },
      [](AugmentOptions& o) { o.flip_vertical = 0.5; },
      [](AugmentOptions& o) { o.rotate_degrees = 5; },
      [](AugmentOptions& o) { o.translate_fraction = 0.1; },
      [](AugmentOptions& o) { o.jitter.hue = 0.1; },
      [](AugmentOptions& o) { o.noise_stddev = 0.01; },
      [](AugmentOptions& o) { o.lighting_stddev = 0.1; },
      [](AugmentOptions& o) { o.policy = AugmentPolicy::trivial_wide; },
      [](AugmentOptions& o) { o.erase.probability = 0.1; },
      [](AugmentOptions& o) { o.mixup_alpha = 0.2; },
      [](AugmentOptions& o) { o.cutmix_alpha = 1; }};
  for (std::size_t i = 0; i < random.size(); ++i) {
    AugmentOptions options = still;
    random[i](options);
    EXPECT_TRUE(draws_anything(options)) << i;
  }
}

}  // namespace
}  // namespace convoy
