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

/// What a rank brings to a log line beside its sums.
struct OwnFigures {
  PhaseSeconds phases;
  std::uint64_t samples_hash = 0;
  std::int64_t peak_memory = 0;  ///< of the host, bytes
};

class Interval {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Interval(Clock::time_point (*now)() = Clock::now) : now_(now) {
    restart();
  }

  void add(const StepFigures& figures);
  /// A step was taken; its figures may come later.
  void count_step(std::int64_t samples);

  /// Time that is not the training loop's (evaluation, saving) is left out.
  /// Pauses may nest: an evaluation ends in a save.
  void pause();
  void resume();

  bool empty() const { return steps_ == 0; }

  /// Puts the ranks' figures together, the same on every rank, and starts anew.
  /// Collective.
  IntervalRecord gather(World& world, const OwnFigures& own);

  /// Images a second over all ranks so far, for a progress bar.
  double images_per_second() const;

 private:
  void restart();
  double seconds() const;

  Sums sums_;
  double gradient_norm_ = 0;
  std::int64_t steps_ = 0;
  std::int64_t samples_ = 0;  ///< of all ranks
  Clock::time_point (*now_)();
  Clock::time_point since_;
  double paused_ = 0;
  int pauses_ = 0;  ///< open ones
  Clock::time_point pause_since_;
};

}  // namespace convoy
