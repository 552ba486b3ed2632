#include "data/augment/policy.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

namespace convoy {
namespace {

AugmentOptions with_policy(AugmentPolicy policy) {
  AugmentOptions options;
  options.policy = policy;
  return options;
}

std::vector<double> flat(const std::vector<Operation>& operations) {
  std::vector<double> numbers;
  for (const Operation& one : operations) {
    numbers.push_back(double(one.kind));
    numbers.push_back(one.strength);
  }
  return numbers;
}

double chi_square(const std::vector<int>& hits) {
  double total = 0;
  for (int hit : hits) {
    total += hit;
  }
  const double expected = total / static_cast<double>(hits.size());
  double sum = 0;
  for (int hit : hits) {
    sum += (hit - expected) * (hit - expected) / expected;
  }
  return sum;
}

TEST(Policy, DependsOnTheKeyAlone) {
  AugmentOptions options = with_policy(AugmentPolicy::rand);
  options.rand.operations = 3;
  constexpr int kSamples = 100;
  const auto draw = [&](int i) {
    return flat(
        draw_operations(options, {5, 2, static_cast<std::uint64_t>(i)}));
  };
  std::vector<std::vector<double>> in_order(kSamples);
  for (int i = 0; i < kSamples; ++i) {
    in_order[i] = draw(i);
  }
  std::vector<std::vector<double>> elsewhere(kSamples);
  std::thread([&] {
    for (int i = kSamples - 1; i >= 0; --i) {
      elsewhere[i] = draw(i);
    }
  }).join();
  EXPECT_EQ(in_order, elsewhere);
  EXPECT_NE(in_order[0], in_order[1]);
  EXPECT_NE(flat(draw_operations(options, {5, 3, 0})), in_order[0]);
  EXPECT_NE(flat(draw_operations(options, {6, 2, 0})), in_order[0]);
}

TEST(Policy, NoneDrawsNothing) {
  EXPECT_TRUE(draw_operations({}, {1, 0, 0}).empty());
}

TEST(Policy, TrivialWideTakesOneOperationOfAnyKindAndStrength) {
  const AugmentOptions options = with_policy(AugmentPolicy::trivial_wide);
  std::vector<int> kinds(kOperationKinds);
  std::map<double, int> rotations;
  for (std::uint64_t sample = 0; sample < 70'000; ++sample) {
    const auto operations = draw_operations(options, {2, 0, sample});
    ASSERT_EQ(operations.size(), 1U);
    ++kinds[int(operations[0].kind)];
    if (operations[0].kind == OperationKind::rotate) {
      ++rotations[operations[0].strength];
    }
  }
  EXPECT_LT(chi_square(kinds), 34.5);  // 99.9 % for 13 degrees of freedom
  // Thirty angles each way, and none at all from both signs.
  EXPECT_EQ(rotations.size(), 61U);
  EXPECT_EQ(rotations.begin()->first, -135);
  EXPECT_EQ(rotations.rbegin()->first, 135);
  std::vector<int> hits;
  for (const auto& [angle, count] : rotations) {
    if (angle != 0) {
      hits.push_back(count);
    }
  }
  EXPECT_LT(chi_square(hits), 98.3);  // 99.9 % for 59 degrees of freedom
}

TEST(Policy, RandTakesSoManyOperationsOfOneStrength) {
  AugmentOptions options = with_policy(AugmentPolicy::rand);
  options.rand = {.operations = 4, .magnitude = 15};
  std::vector<int> kinds(kOperationKinds);
  int negative = 0;
  int rotations = 0;
  for (std::uint64_t sample = 0; sample < 10'000; ++sample) {
    const auto operations = draw_operations(options, {2, 0, sample});
    ASSERT_EQ(operations.size(), 4U);
    for (const Operation& one : operations) {
      ++kinds[int(one.kind)];
      if (one.kind == OperationKind::rotate) {
        EXPECT_EQ(std::abs(one.strength), 15);
        negative += one.strength < 0;
        ++rotations;
      }
      if (one.kind == OperationKind::translate_x) {
        EXPECT_NEAR(std::abs(one.strength), 150.0 / 331 * 224 / 2, 1e-5);
      }
    }
  }
  EXPECT_LT(chi_square(kinds), 34.5);
  EXPECT_NEAR(negative / double(rotations), 0.5, 2 / std::sqrt(rotations));
}

}  // namespace
}  // namespace convoy
