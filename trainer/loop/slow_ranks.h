#pragma once
// Notices a rank for which all others wait, step after step.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "trainer/loop/phases.h"

namespace convoy {

/// A rank that was slower than the others for some time.
struct SlowRank {
  int rank = 0;
  double data_s = 0;     ///< of a step
  double compute_s = 0;  ///< of a step
  double others_s = 0;   ///< the others' data and compute, mean
};

class SlowRanks {
 public:
  /// Log intervals in a row that are no accident.
  static constexpr int kIntervals = 3;
  /// How much longer than the others' mean a rank takes that is slow.
  static constexpr double kFactor = 1.2;

  /// Takes in the phases of a step, by rank, mean over an interval. Each rank
  /// is told of once.
  std::optional<SlowRank> observe(const std::vector<PhaseSeconds>& by_rank);

 private:
  int suspect_ = -1;
  int in_a_row_ = 0;
  std::set<int> told_;
};

/// What was seen and where to look.
std::string slow_rank_warning(const SlowRank& slow, const std::string& host);

}  // namespace convoy
