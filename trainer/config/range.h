#pragma once
// The range of a config key.

#include <limits>

namespace convoy {

/// What a number may be. Ends are included unless said.
struct Range {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool above_least = false;  ///< `least` itself is excluded
};

constexpr Range at_least(double x) {
  return {.least = x};
}
constexpr Range above(double x) {
  return {.least = x, .above_least = true};
}
constexpr Range between(double least, double most) {
  return {.least = least, .most = most};
}

}  // namespace convoy
