#pragma once
// The checkpoints of a run: RUN_DIR/checkpoints/step-*.safetensors, the newest
// few, and best.safetensors.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "trainer/checkpoint/tensor_file.h"

namespace convoy {

class CheckpointStore {
 public:
  /// `keep`: how many of the newest stay. Nothing is written yet.
  CheckpointStore(std::filesystem::path run_dir, int keep);

  /// Writes the checkpoint of `step`, then lets go of those beyond `keep`. With
  /// `best`, best.safetensors becomes the same file. Throws WriteFailure; older
  /// checkpoints are then untouched.
  void save(const TensorFile& file, std::int64_t step, bool best);

  /// Checkpoints by step, newest first.
  std::vector<std::filesystem::path> newest_first() const;

  struct Found {
    std::filesystem::path path;
    TensorFile file;
  };

  /// The newest one that is whole. `say` receives one sentence for each damaged
  /// one that was passed over. Nothing when the run has no checkpoint; throws
  /// MissingInput when it has some and none is whole.
  std::optional<Found> load_newest(
      const std::function<void(const std::string&)>& say) const;

  /// Moves the checkpoints and records of an earlier run into previous-N, so
  /// that a fresh start loses nothing. What else is in the run folder stays.
  /// Nothing when there is no checkpoint. Throws WriteFailure.
  void set_aside();

  /// Moves checkpoints of later steps than `step` into previous-N: a run that
  /// goes on from an older one must neither resume from them nor let go of its
  /// own in their favour. Throws WriteFailure.
  struct Moved {
    int count = 0;
    std::filesystem::path home;  ///< where they are now
  };
  Moved set_aside_after(std::int64_t step);

  /// Moves best.safetensors into `home` where it is of a later step than `step`
  /// or damaged. The checkpoint of `best_step`, the best one until `step`,
  /// takes its place if it is still there. Throws WriteFailure.
  void set_best_aside_after(
      std::int64_t step,
      std::int64_t best_step,
      const std::filesystem::path& home);

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path new_home() const;

  std::filesystem::path run_dir_;
  std::filesystem::path folder_;
  int keep_;
};

}  // namespace convoy
