#pragma once
// One job a run folder.

#include <filesystem>
#include <vector>

namespace convoy {

/// Held for as long as the object lives; the system lets go of it when the
/// process dies, however it dies. Folders that it made and that hold nothing
/// else at the end are removed: a run that was refused leaves none.
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
  std::vector<std::filesystem::path> made_;  ///< folders, innermost first
  int fd_ = -1;
};

}  // namespace convoy
