#pragma once
// What can be chosen when pictures become a database.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "data/image/decode.h"

namespace convoy {

/// How pictures get one size, in DIGITS' words. `none`: they keep theirs.
/// `squash`: both sides are scaled. `crop`: scaled until the target is covered,
/// the middle is kept. `fill`: scaled until it fits, the rest is noise.
/// `half_crop`: halfway between those.
enum class ResizeMode { none, squash, crop, fill, half_crop };
constexpr std::array<std::string_view, 5> names(ResizeMode) {
  return {"none", "squash", "crop", "fill", "half_crop"};
}

/// How pixels are kept. `file`: the file's own bytes where nothing about the
/// picture changes, else a JPEG. `raw`: uint8, planar, BGR, as Caffe keeps
/// them.
enum class StoreAs { file, jpeg, png, raw };
constexpr std::array<std::string_view, 4> names(StoreAs) {
  return {"file", "jpeg", "png", "raw"};
}

/// What stays together when pictures are split. `folder`: the folder below the
/// class. `pattern`: what group_pattern captures in the path.
enum class GroupBy { file, folder, pattern };
constexpr std::array<std::string_view, 3> names(GroupBy) {
  return {"file", "folder", "pattern"};
}

/// Which part a picture goes to is a hash of its path (or of its group), so it
/// never moves when others are added.
struct SplitOptions {
  double val = 0;   ///< fraction for validation, 0 to 1
  double test = 0;  ///< fraction for testing, 0 to 1
  GroupBy group_by = GroupBy::file;
  /// Regular expression; its first capture is the group.
  std::string group_pattern{};
  std::uint64_t seed = 0;  ///< another number, another split
};

/// Of a stored picture, in pixels: it stays within what can be decoded again.
inline constexpr int kLargestSide = 8192;

struct ImportOptions {
  /// The database. With several parts, the folder of train.lmdb, val.lmdb,
  /// test.lmdb.
  std::string output{};
  ResizeMode resize = ResizeMode::none;
  int height = 0;  ///< pixels; for every mode but none
  int width = 0;   ///< pixels; for every mode but none
  bool gray = false;
  StoreAs store_as = StoreAs::file;
  bool keep_bytes = false;  ///< JPEGs are not written anew for quick decoding
  int jpeg_quality = 95;    ///< of what is encoded again
  bool shuffle = true;      ///< so that a reader in key order meets all classes
  std::uint64_t seed = 0;   ///< of the shuffle
  int workers = 0;          ///< threads; 0 = as many as this process may use
  bool strict = false;      ///< stop at the first bad file, and do not go on
  bool overwrite = false;
  SplitOptions split{};
  DecodeLimits limits{};
};

/// Throws BadData when an option makes no sense, whatever the pictures are.
void check_options(const ImportOptions& options);

}  // namespace convoy
