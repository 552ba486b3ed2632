#pragma once
// What a number in a config may be.

#include <limits>

namespace convoy {

/// What a number may be. Ends are included unless said.
struct NumberRange {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool above_least = false;  ///< `least` itself is excluded
};

constexpr NumberRange at_least(double x) {
  return {.least = x};
}
constexpr NumberRange above(double x) {
  return {.least = x, .above_least = true};
}
constexpr NumberRange between(double least, double most) {
  return {.least = least, .most = most};
}

}  // namespace convoy
