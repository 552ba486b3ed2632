#pragma once
// A file's bytes without a copy of them: mapped read-only.

#include <filesystem>
#include <string_view>

namespace convoy {

/// A regular file, mapped while this lives. It must not be cut short meanwhile.
class FileView {
 public:
  /// Throws WeightFileMissing, with a sentence that names the file.
  explicit FileView(const std::filesystem::path& path);
  ~FileView();
  FileView(const FileView&) = delete;
  FileView& operator=(const FileView&) = delete;

  std::string_view bytes() const {
    return {static_cast<const char*>(data_), size_};
  }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace convoy
