#pragma once
// Zip archives as torch.load reads them: stored entries in one folder, whose
// contents begin 64-byte aligned, so that a reader may map them.

#include <cstdint>
#include <string>
#include <string_view>

#include "nets/weights/new_file.h"

namespace convoy {

class ZipWriter {
 public:
  /// Appends to `file`, which is empty and must outlive this; `folder` has no
  /// slash.
  ZipWriter(NewFile& file, std::string folder)
      : file_(file), folder_(std::move(folder)) {}

  /// Appends entry `name` of the folder. Throws WeightWriteError.
  void add(std::string_view name, std::string_view content);

  /// Appends the directory.
  void finish();

 private:
  NewFile& file_;
  std::string folder_;
  std::string directory_;
  std::uint64_t entries_ = 0;
};

}  // namespace convoy
