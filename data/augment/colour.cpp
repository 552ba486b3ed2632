#include "data/augment/colour.h"

#include <cmath>
#include <numbers>

namespace convoy {

namespace {

/// ITU-R 601, with torchvision's digits.
constexpr std::array<double, 3> kGray{0.2989, 0.587, 0.114};

using Linear = std::array<std::array<double, 3>, 3>;

/// value * factor + gray * (1 - factor)
Linear saturation(double factor) {
  Linear m{};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      m[row][column] =
          (row == column ? factor : 0) + (1 - factor) * kGray[column];
    }
  }
  return m;
}

/// Rodrigues' formula about (1, 1, 1) / sqrt 3; red goes towards green.
Linear hue(double turns) {
  const double angle = 2 * std::numbers::pi * turns;
  const double cosine = std::cos(angle);
  const double sine = std::sin(angle) / std::numbers::sqrt3;
  const double even = (1 - cosine) / 3;
  return {{
      {cosine + even, even - sine, even + sine},
      {even + sine, cosine + even, even - sine},
      {even - sine, even + sine, cosine + even},
  }};
}

Linear product(const Linear& a, const Linear& b) {
  Linear result{};
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      for (int k = 0; k < 3; ++k) {
        result[i][j] += a[i][k] * b[k][j];
      }
    }
  }
  return result;
}

}  // namespace

std::array<double, 2> gray_line(const AugmentPlan& plan, double mean) {
  return {
      plan.brightness * plan.contrast,
      (1 - plan.contrast) * plan.brightness * mean};
}

ColourMatrix colour_matrix(
    const AugmentPlan& plan, const std::array<double, 3>& mean) {
  const double gray =
      kGray[0] * mean[0] + kGray[1] * mean[1] + kGray[2] * mean[2];
  const auto [slope, shift] = gray_line(plan, gray);
  const Linear turn = product(hue(plan.hue), saturation(plan.saturation));
  ColourMatrix matrix{};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      matrix[row][column] = slope * turn[row][column];
      matrix[row][3] += shift * turn[row][column];
    }
  }
  return matrix;
}

}  // namespace convoy
