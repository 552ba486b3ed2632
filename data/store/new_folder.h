#pragma once
// A folder that appears under its name when it is complete, or not at all.

#include <string>

namespace convoy {

/// Files are made in a temporary folder beside the target; publish() renames
/// it. Without publish() the destructor removes it. A process that is killed
/// leaves `.NAME.incomplete-PID-N`, which may be deleted.
class NewFolder {
 public:
  /// Refuses a target that exists, unless `overwrite` is set and the target is
  /// a folder that holds `marker`; an empty folder is taken in any case.
  /// Creates parent folders. Throws WriteFailure.
  NewFolder(
      const std::string& target, bool overwrite, const std::string& marker);
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  const std::string& target() const { return target_; }  ///< absolute
  const std::string& path() const { return path_; }  ///< where files are made

  /// Throws WriteFailure; then the target is as it was.
  void publish();

 private:
  void replace_target();

  std::string target_;
  std::string path_;
  bool overwrite_ = false;
};

}  // namespace convoy
