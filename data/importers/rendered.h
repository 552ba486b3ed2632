#pragma once
// The built-in vehicle set (data/render/render.h), written as databases or as
// class folders.

#include <cstdint>
#include <string>

#include "data/store/scan.h"

namespace convoy {

struct RenderedSetOptions {
  /// Folder that receives train.lmdb and val.lmdb; or, as folders, becomes
  /// train/CLASS/*.jpg and val/CLASS/*.jpg.
  std::string output;
  int size_px = 96;           ///< 32 to 512
  int train_per_class = 100;  ///< 1 or more
  int val_per_class = 20;     ///< 0: no validation part
  std::uint64_t seed = 1;
  int jpeg_quality = 95;  ///< 1 to 100
  bool as_folders = false;
  /// Replace a set that was written here before; nothing else.
  bool overwrite = false;
  int workers = 0;  ///< threads; 0 = as many as this process may use
};

/// Draws and writes the set: the same bytes on any number of workers. Records
/// run through the classes in turn, so a reader in key order meets all of them.
/// Throws BadData for an option out of range, WriteFailure; then nothing of the
/// part in work was written.
void render_set(
    const RenderedSetOptions& options, const ScanProgress& progress = {});

}  // namespace convoy
