#include "data/augment/erase.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tests/data/augment/distributions.h"
#include "tests/data/augment/plans.h"
#include "tests/support/oracle.h"
#include "tests/support/pictures.h"

namespace convoy {
namespace {

using testing::augmented;
using testing::kolmogorov_smirnov;
using testing::random_picture;
using testing::whole_picture;

EraseOptions always() {
  EraseOptions options;
  options.probability = 1;
  return options;
}

std::vector<int> flat(const Window& box) {
  return {box.x, box.y, box.width, box.height};
}

TEST(Erase, DependsOnTheKeyAlone) {
  const auto draw = [](const DrawKey& key) {
    return flat(draw_erased_box(always(), key, 64));
  };
  std::vector<std::vector<int>> forwards;
  std::vector<std::vector<int>> backwards;
  for (std::uint64_t sample = 0; sample < 50; ++sample) {
    forwards.push_back(draw({5, 2, sample}));
    backwards.push_back(draw({5, 2, 49 - sample}));
  }
  std::reverse(backwards.begin(), backwards.end());
  EXPECT_EQ(forwards, backwards);
  EXPECT_NE(forwards[0], forwards[1]);
  EXPECT_NE(draw({5, 3, 0}), forwards[0]);
  EXPECT_NE(draw({6, 2, 0}), forwards[0]);
}

TEST(Erase, HappensAsOftenAsAsked) {
  EraseOptions options;
  options.probability = 0.3;
  int erased = 0;
  constexpr int kDraws = 20000;
  for (std::uint64_t sample = 0; sample < kDraws; ++sample) {
    erased += draw_erased_box(options, {2, 0, sample}, 64).width > 0;
  }
  EXPECT_NEAR(erased / double(kDraws), 0.3, 0.013);  // four standard errors
}

TEST(Erase, BoxesHaveTorchvisionsDistribution) {
  const testing::Oracle oracle;
  oracle.ask("data/augment/erase_oracle.py");
  EraseOptions huge = always();
  huge.scale = {0.9, 1};
  for (const auto& [file, options] :
       {std::pair{"boxes.bin", always()}, {"huge.bin", huge}}) {
    const auto theirs = oracle.read<std::int32_t>(file);
    std::vector<double> of_ours[4];
    std::vector<double> of_theirs[4];
    for (std::size_t i = 0; i < theirs.size() / 4; ++i) {
      const auto ours = flat(draw_erased_box(options, {1, 0, i}, 64));
      for (int k = 0; k < 4; ++k) {
        of_ours[k].push_back(ours[k]);
        of_theirs[k].push_back(theirs[i * 4 + k]);
      }
    }
    ASSERT_EQ(of_ours[0].size(), 20000U);
    for (int k = 0; k < 4; ++k) {
      // 99.9 % for two samples of 20,000.
      EXPECT_LT(kolmogorov_smirnov(of_ours[k], of_theirs[k]), 0.0195)
          << file << ", number " << k;
    }
  }
}

/// The picture with the plan's box erased, and without.
struct Both {
  std::vector<float> erased;
  std::vector<float> whole;
};

Both erase_of(AugmentPlan plan, const Normalization& normal) {
  const Image picture = random_picture(40, 40, normal.channels, 1);
  Both both;
  both.erased = augmented(plan, picture, normal);
  plan.erase = {};
  both.whole = augmented(plan, picture, normal);
  return both;
}

AugmentPlan erasing(const Window& box, EraseFill fill) {
  AugmentPlan plan = whole_picture(random_picture(40, 40, 3, 1));
  plan.erase = box;
  plan.erase_fill = fill;
  plan.erase_key = 7;
  return plan;
}

TEST(Erase, LeavesTheMeanInTheBoxAndAllElse) {
  for (int channels : {3, 1}) {
    const auto [erased, whole] = erase_of(
        erasing({5, 8, 20, 11}, EraseFill::mean), normalization({}, channels));
    for (int y = 0; y < 40; ++y) {
      for (int x = 0; x < 40; ++x) {
        const bool inside = x >= 5 && x < 25 && y >= 8 && y < 19;
        for (int c = 0; c < channels; ++c) {
          const int i = (y * 40 + x) * channels + c;
          ASSERT_EQ(erased[i], inside ? 0 : whole[i]) << x << ", " << y;
        }
      }
    }
  }
}

TEST(Erase, FillsWithNormalNumbersThatDependOnTheKey) {
  const Normalization normal = normalization({}, 3);
  AugmentPlan plan = erasing({0, 0, 40, 30}, EraseFill::random);
  const auto numbers = erase_of(plan, normal).erased;
  constexpr int kCount = 40 * 30 * 3;
  double mean = 0;
  double square = 0;
  for (int i = 0; i < kCount; ++i) {
    mean += numbers[i] / kCount;
    square += double(numbers[i]) * numbers[i] / kCount;
  }
  EXPECT_NEAR(mean, 0, 4 / std::sqrt(kCount));
  EXPECT_NEAR(square, 1, 4 * std::sqrt(2.0 / kCount));
  EXPECT_EQ(erase_of(plan, normal).erased, numbers);
  plan.erase_key = 8;
  EXPECT_NE(erase_of(plan, normal).erased, numbers);
}

}  // namespace
}  // namespace convoy
