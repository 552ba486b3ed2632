#pragma once
// A file's bytes in memory.

#include <filesystem>
#include <memory>
#include <string_view>

namespace convoy {

/// A copy of a regular file. Not mapped: a file that is cut short under its
/// reader would end the program by a signal.
class FileBytes {
 public:
  /// Throws, with a sentence that names the file, WeightFileMissing when it
  /// can't be read, WeightError when it has more than kMostWeightFileBytes, is
  /// cut short meanwhile or finds no memory.
  explicit FileBytes(const std::filesystem::path& path);

  /// Live as long as this.
  std::string_view bytes() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
};

}  // namespace convoy
