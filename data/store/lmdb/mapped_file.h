#pragma once
// A file mapped for reading.

#include <cstdint>
#include <span>
#include <string>

namespace convoy {

class MappedFile {
 public:
  /// Throws MissingInput with the absolute path when the file can't be opened,
  /// BadData when it is empty or no regular file. Read ahead is off: a visitor
  /// that jumps reads what it touches.
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  std::span<const std::uint8_t> bytes_;
};

}  // namespace convoy
