#pragma once
// The figures between two log lines, gathered from all ranks.

#include <chrono>
#include <cstdint>
#include <string>

#include "distributed/world.h"
#include "trainer/loop/metrics.h"
#include "trainer/loop/phases.h"
#include "trainer/loop/readback.h"
#include "trainer/report/records.h"

namespace convoy {

class Interval {
 public:
  Interval() { restart(); }

  void add(const StepFigures& figures);
  /// A step was taken; its figures may come later.
  void count_step(std::int64_t samples);

  /// Time that is not the training loop's (evaluation, saving) is left out.
  void pause();
  void resume();

  bool empty() const { return steps_ == 0; }

  /// Puts the ranks' figures together, the same on every rank, and starts anew.
  /// Collective.
  IntervalRecord gather(
      World& world, const PhaseSeconds& phases, std::uint64_t samples_hash);

  /// Images a second over all ranks so far, for a progress bar.
  double images_per_second() const;

 private:
  using Clock = std::chrono::steady_clock;

  void restart();
  double seconds() const;

  Sums sums_;
  double gradient_norm_ = 0;
  std::int64_t steps_ = 0;
  std::int64_t samples_ = 0;  ///< of all ranks
  Clock::time_point since_;
  double paused_ = 0;
  Clock::time_point pause_since_;
};

}  // namespace convoy
