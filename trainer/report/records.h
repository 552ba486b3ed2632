#pragma once
// What other programs read of a run: metrics.jsonl (one JSON object a line) and
// summary.csv (one line an epoch).

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "trainer/evaluation/hit_counts.h"
#include "trainer/loop/metrics.h"
#include "trainer/loop/phases.h"

namespace convoy {

/// Numbers of one log interval.
struct IntervalRecord {
  std::int64_t step = 0;
  double epoch = 0;
  Sums sums;
  double lr = 0;
  double gradient_norm = 0;
  double images_per_second = 0;
  double seconds = 0;
  int ranks = 1;
  /// Mean share of a step over ranks, and the extremes, by phase, in seconds a
  /// step.
  PhaseSeconds mean{};
  PhaseSeconds least{};
  PhaseSeconds most{};
  std::vector<PhaseSeconds> by_rank;  ///< of a step
  std::string slowest;                ///< "rank 1 (host)"
  double memory_mb = 0;
  double device_memory_mb = 0;
  std::uint64_t samples_hash = 0;  ///< which samples, in which step
  double speedup = 0;              ///< against run.baseline; 0: none given
  double efficiency = 0;
};

/// An epoch, or what there was of it when the run ended.
struct EpochRecord {
  std::int64_t step = 0;
  double epoch = 0;
  Sums train;
  Validation val;  ///< no samples: not evaluated
  double lr = 0;
  double seconds = 0;  ///< of training so far
};

/// Appends records; rank 0 only. A record that can't be written (disk full) is
/// reported once by the caller's log and does not stop the run.
class Records {
 public:
  /// Lines of later steps than `resumed_step` are taken back: those steps run
  /// again.
  Records(std::filesystem::path run_dir, std::int64_t resumed_step);

  bool add(const IntervalRecord& record);
  /// A line of summary.csv, and one of metrics.jsonl when it was evaluated.
  bool add(const EpochRecord& record);
  /// {"event": NAME, "step": ..., "message": ...}.
  bool add_event(
      const std::string& name, std::int64_t step, const std::string& message);

 private:
  bool append(const char* file, const std::string& line);

  std::filesystem::path run_dir_;
};

}  // namespace convoy
