#include "trainer/evaluation/binomial_bound.h"

#include <algorithm>
#include <cmath>

namespace convoy {
namespace {

/// The continued fraction of the incomplete beta function by Lentz's method in
/// Thompson and Barnett's form; converges fast for x < (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr int kMostTerms = 100000;
  const auto away_from_zero = [](double value) {
    return std::abs(value) < kTiny ? kTiny : value;
  };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double result = d;
  for (int m = 1; m < kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    result *= d * c;
    const double odd =
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    const double step = d * c;
    result *= step;
    if (std::abs(step - 1) < 1e-15) {
      break;
    }
  }
  return result;
}

/// The distribution function of Beta(a, b) at 0 < x < 1.
double beta_distribution(double a, double b, double x) {
  const double front = std::exp(
      std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) +
      b * std::log1p(-x));
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a
                                   : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

}  // namespace

double clopper_pearson_upper(
    std::int64_t events, std::int64_t trials, double confidence) {
  if (events >= trials) {
    return 1;
  }
  const auto a = static_cast<double>(events + 1);
  const auto b = static_cast<double>(trials - events);
  double low = 0;
  double high = 1;
  for (double middle = 0.5; middle > low && middle < high;
       middle = low + (high - low) / 2) {
    (beta_distribution(a, b, middle) < confidence ? low : high) = middle;
  }
  return high;
}

std::int64_t trials_to_assure(double share, double confidence) {
  constexpr double kMost = 1e15;  // beyond anybody's samples
  return static_cast<std::int64_t>(std::min(
      kMost, std::ceil(std::log1p(-confidence) / std::log1p(-share) - 1e-9)));
}

}  // namespace convoy
