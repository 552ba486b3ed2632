#pragma once
// One job a run folder.

#include <filesystem>

namespace convoy {

/// Held for as long as the object lives; the system lets go of it when the
/// process dies, however it dies. A folder that it made and that holds nothing
/// else at the end is removed: a run that was refused leaves none.
class RunLock {
 public:
  /// Makes `run_dir` if need be and locks it. Throws RunDirBusy naming host,
  /// process and start of the holder; WriteFailure when the folder may not be
  /// written.
  explicit RunLock(const std::filesystem::path& run_dir);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  std::filesystem::path path_;
  bool made_;  ///< the folder
  int fd_;
};

}  // namespace convoy
