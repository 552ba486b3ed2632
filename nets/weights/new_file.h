#pragma once
// A file that appears whole or not at all.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace convoy {

/// Grows under a temporary name in the folder of `path` and gets its own name
/// at the end; an older file there is untouched until then. Everything throws
/// WeightWriteError, with a sentence that names `path`.
class NewFile {
 public:
  explicit NewFile(const std::filesystem::path& path);
  /// Removes what was written unless finish() was called.
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void append(std::string_view bytes);
  std::uint64_t size() const { return size_; }

  /// Waits until the bytes are on the disk and renames the file.
  void finish();

 private:
  [[noreturn]] void fail(const char* step) const;

  std::filesystem::path path_;
  std::string temporary_;
  int number_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace convoy
