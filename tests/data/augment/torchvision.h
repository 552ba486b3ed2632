#pragma once
// What torchvision makes of pictures, beside what we make of them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "data/augment/apply.h"
#include "tests/data/augment/plans.h"
#include "tests/support/oracle.h"

namespace convoy::testing {

/// A picture, what torchvision does with it, and what we make of it.
struct Comparison {
  Image picture;
  int kind;
  std::vector<double> numbers;
  AugmentPlan plan;
  Normalization normal;
};

/// theirs[i], ours[i] for comparison i.
struct Pair {
  std::vector<float> theirs;
  std::vector<float> ours;

  double largest_difference() const {
    double most = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      most = std::max<double>(most, std::abs(ours[i] - theirs[i]));
    }
    return most;
  }
};

inline std::vector<Pair> compare(const std::vector<Comparison>& comparisons) {
  std::vector<std::uint8_t> pictures;
  std::vector<double> cases;
  for (const Comparison& one : comparisons) {
    const Image& picture = one.picture;
    pictures.insert(
        pictures.end(), picture.pixels.begin(), picture.pixels.end());
    std::vector<double> row = {
        double(picture.height),
        double(picture.width),
        double(picture.channels),
        double(one.kind)};
    row.insert(row.end(), one.numbers.begin(), one.numbers.end());
    row.resize(9);
    cases.insert(cases.end(), row.begin(), row.end());
  }
  Oracle oracle;
  oracle.write("pictures.bin", pictures);
  oracle.write("cases.bin", cases);
  oracle.ask("data/augment/apply_oracle.py");
  const auto results = oracle.read<float>("results.bin");
  std::vector<Pair> pairs;
  std::size_t at = 0;
  for (const Comparison& one : comparisons) {
    Pair pair;
    pair.ours = augmented(one.plan, one.picture, one.normal);
    if (at + pair.ours.size() > results.size()) {
      ADD_FAILURE() << "torchvision's output is shorter";
      return pairs;
    }
    pair.theirs.assign(
        results.begin() + at, results.begin() + at + pair.ours.size());
    at += pair.ours.size();
    pairs.push_back(std::move(pair));
  }
  EXPECT_EQ(at, results.size());
  return pairs;
}

}  // namespace convoy::testing
