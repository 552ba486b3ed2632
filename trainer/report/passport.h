#pragma once
// passport.json: what a run was, for whoever has to trust or repeat it.

#include <filesystem>
#include <string>

#include "distributed/world.h"
#include "trainer/config/config.h"
#include "trainer/loop/run_data.h"
#include "trainer/loop/trainer.h"

namespace convoy {

/// Whether the passport in a run folder says that the run has finished.
bool finished_before(const std::filesystem::path& run_dir);

/// A passport in the making. Collective construction; writes on rank 0 only.
class Passport {
 public:
  Passport(
      const Config& config,
      const RunData& data,
      World& world,
      const Trainer& trainer);

  /// Writes the file with this status ("running", "finished", "stopped",
  /// "failed") and, of a failure, its sentence. Throws WriteFailure.
  void write(
      const std::string& status,
      const Trainer& trainer,
      const std::string& failure = "") const;

 private:
  std::filesystem::path path_;
  bool writes_;
  std::string fixed_;  ///< JSON that does not change during the run
  double started_;
};

}  // namespace convoy
