#pragma once
// Zip archives as torch.save writes them (PKWARE's APPNOTE 6.3, with zip64):
// stored entries, all in one folder.

#include <cstdint>
#include <map>
#include <string_view>

namespace convoy {

/// The entries of an archive in memory, which must outlive this and the bytes
/// it gives.
class ZipArchive {
 public:
  /// Reads the directory. Throws WeightError for what torch.save never writes:
  /// compressed or encrypted entries, two of one name, entries that overlap,
  /// reach into the directory or lie in different folders, sizes that disagree,
  /// several disks, a comment.
  explicit ZipArchive(std::string_view file);

  /// Whether there is an entry `name`, which is told without its folder.
  bool has(std::string_view name) const;

  /// The content of entry `name`. Throws WeightError when there is none or its
  /// CRC-32 is another than the directory says.
  std::string_view entry(std::string_view name);

 private:
  struct Entry {
    std::string_view bytes;
    std::uint32_t crc = 0;
    bool checked = false;
  };
  std::map<std::string_view, Entry> entries_;
};

}  // namespace convoy
