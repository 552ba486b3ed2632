// The set is a task: looking up the nearest known picture does not solve it.

#include <gtest/gtest.h>

#include <limits>

#include "data/render/render.h"

namespace convoy {
namespace {

constexpr int kSize = 32;

struct Set {
  std::vector<std::vector<std::uint8_t>> pictures;
  std::vector<int> classes;
};

Set set_of(Split split, int per_class) {
  Set set;
  Image image;
  for (int id = 0; id < 100; ++id) {
    for (int sample = 0; sample < per_class; ++sample) {
      render_vehicle({kSize, 1}, {split, id, sample}, image);
      set.pictures.push_back(image.pixels);
      set.classes.push_back(id);
    }
  }
  return set;
}

std::int64_t distance(
    const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const int difference = a[i] - b[i];
    sum += difference * difference;
  }
  return sum;
}

double nearest_neighbour_accuracy(const Set& known, const Set& asked) {
  int right = 0;
  for (std::size_t i = 0; i < asked.pictures.size(); ++i) {
    std::int64_t best = std::numeric_limits<std::int64_t>::max();
    int answer = -1;
    for (std::size_t k = 0; k < known.pictures.size(); ++k) {
      const std::int64_t d = distance(asked.pictures[i], known.pictures[k]);
      if (d < best) {
        best = d;
        answer = known.classes[k];
      }
    }
    right += answer == asked.classes[i];
  }
  return static_cast<double>(right) /
         static_cast<double>(asked.pictures.size());
}

TEST(Difficulty, LeavesTheNearestNeighbourBelowAHalf) {
  const double accuracy = nearest_neighbour_accuracy(
      set_of(Split::train, 16), set_of(Split::val, 3));
  EXPECT_LT(accuracy, 0.40);
  // It is above chance (1 %), or the pictures would show nothing.
  EXPECT_GT(accuracy, 0.04);
}

}  // namespace
}  // namespace convoy
