#pragma once
// The learning-rate range test of Smith 2017 ("Cyclical Learning Rates for
// Training Neural Networks", section 3.3) as arithmetic: which rate each step
// has, when the loss has left, and what the curve suggests.

#include <cstdint>
#include <optional>
#include <vector>

namespace convoy {

/// A step of the test.
struct LrPoint {
  double lr = 0;
  double loss = 0;
  double smoothed = 0;
};

/// The rate of step `step` of `steps`, at least 2: from `from` to `to`, by the
/// same factor each time.
double range_rate(
    double from, double to, std::int64_t step, std::int64_t steps);

/// Losses in the order of the steps, smoothed by an exponential average over a
/// twentieth of the test, without its bias towards zero at the start.
class LrCurve {
 public:
  /// How many times its minimum the smoothed loss may reach.
  static constexpr double kMostOverMinimum = 4;

  /// Of a test of so many steps, at least 1.
  explicit LrCurve(std::int64_t steps);

  /// The next step. `loss` is finite.
  void add(double lr, double loss);

  /// Whether the smoothed loss exceeds kMostOverMinimum times its minimum.
  bool diverged() const;

  const std::vector<LrPoint>& points() const { return points_; }

 private:
  double decay_;
  double average_ = 0;
  double weight_ = 0;  ///< of all losses in the average
  double least_ = 0;
  std::vector<LrPoint> points_;
};

/// Rates read off a curve; absent where it does not show one.
struct LrSuggestion {
  /// Where the smoothed loss is lowest, and begins to rise; absent when it
  /// still falls in the last step.
  std::optional<double> rises;
  /// Before that, where it falls most steeply over the rate's logarithm,
  /// measured from the step before to the step behind.
  std::optional<double> steepest;
  /// A tenth of `rises`; `steepest` when it never rises.
  std::optional<double> peak;
};

/// All absent when the smoothed loss never falls to 99 % of its first value:
/// its lowest place would be chance.
/// `left`: the loss of the step behind the last was not finite, which counts as
/// a rise.
LrSuggestion suggest_lr(const std::vector<LrPoint>& points, bool left = false);

}  // namespace convoy
