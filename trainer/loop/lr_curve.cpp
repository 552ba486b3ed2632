#include "trainer/loop/lr_curve.h"

#include <algorithm>
#include <cmath>

namespace convoy {
namespace {

constexpr double kSpansInATest = 20;  // time constants of the average
constexpr double kFallen = 0.99;      // of the first loss
constexpr double kBelowTheRise = 0.1;

std::size_t lowest_point(const std::vector<LrPoint>& points) {
  return static_cast<std::size_t>(
      std::min_element(
          points.begin(),
          points.end(),
          [](const LrPoint& a, const LrPoint& b) {
            return a.smoothed < b.smoothed;
          }) -
      points.begin());
}

/// Of the smoothed loss over the rate's logarithm, around point `i`.
double slope_at(const std::vector<LrPoint>& points, std::size_t i) {
  const LrPoint& before = points[i - 1];
  const LrPoint& behind = points[i + 1];
  return (behind.smoothed - before.smoothed) / std::log(behind.lr / before.lr);
}

}  // namespace

double range_rate(
    double from, double to, std::int64_t step, std::int64_t steps) {
  const double progress =
      static_cast<double>(step) / static_cast<double>(steps - 1);
  return from * std::pow(to / from, progress);
}

LrCurve::LrCurve(std::int64_t steps)
    : decay_(std::exp(-kSpansInATest / static_cast<double>(steps))) {}

void LrCurve::add(double lr, double loss) {
  average_ = decay_ * average_ + (1 - decay_) * loss;
  weight_ = decay_ * weight_ + (1 - decay_);
  const double smoothed = average_ / weight_;
  least_ = points_.empty() ? smoothed : std::min(least_, smoothed);
  points_.push_back({lr, loss, smoothed});
}

bool LrCurve::diverged() const {
  return !points_.empty() &&
         points_.back().smoothed > kMostOverMinimum * least_;
}

LrSuggestion suggest_lr(const std::vector<LrPoint>& points, bool left) {
  LrSuggestion found;
  if (points.size() < 3) {
    return found;
  }
  const std::size_t lowest = lowest_point(points);
  if (points[lowest].smoothed > kFallen * points.front().smoothed) {
    return found;
  }
  const std::size_t last = std::min(lowest, points.size() - 2);
  std::size_t steepest = 1;
  for (std::size_t i = 2; i <= last; ++i) {
    if (slope_at(points, i) < slope_at(points, steepest)) {
      steepest = i;
    }
  }
  found.steepest = points[steepest].lr;
  if (left || lowest + 1 < points.size()) {
    found.rises = points[lowest].lr;
  }
  found.peak = found.rises ? kBelowTheRise * *found.rises : *found.steepest;
  return found;
}

}  // namespace convoy
