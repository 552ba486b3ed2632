#pragma once
// The files that convoy scaling leaves.

#include <filesystem>
#include <memory>
#include <string>

#include "trainer/checkpoint/run_lock.h"
#include "trainer/report/scaling_report.h"

namespace convoy {

/// scaling.json, or what --out calls it, and its siblings of the same stem; and
/// what keeps them writable.
struct ScalingOutput {
  std::filesystem::path json;
  std::unique_ptr<RunLock> lock;  ///< of the run folder, if they go there

  /// The same stem with `ending`, such as ".csv".
  std::filesystem::path sibling(const char* ending) const;
};

/// Before the measurement: the files can be written. Throws UsageError where
/// `out` is no name of a JSON file, RunDirBusy, WriteFailure.
ScalingOutput claim_scaling_output(
    const std::string& out, const std::string& run_dir);

/// Writes JSON, CSV, Markdown and picture, each whole or not at all, and says
/// which. Throws WriteFailure.
std::string write_scaling_output(
    const ScalingOutput& output, const ScalingReport& report);

}  // namespace convoy
