#include "nets/weights/zip_directory.h"

#include <fmt/format.h>

#include "nets/weights/bytes.h"
#include "nets/weights/limits.h"

namespace convoy {
namespace {

constexpr std::uint32_t kZipEnd = 0x06054b50;
constexpr std::uint32_t kZip64Locator = 0x07064b50;
constexpr std::uint32_t kZip64End = 0x06064b50;
constexpr std::uint32_t kZipRecord = 0x02014b50;
constexpr std::uint64_t kZipEndBytes = 22;
constexpr std::uint64_t kZip64LocatorBytes = 20;
constexpr std::uint64_t kZip64EndBytes = 56;
constexpr std::uint64_t kLeastRecordBytes = 46;
/// A storage for each tensor, and what else torch.save writes.
constexpr std::uint64_t kMostZipEntries = kMostTensors + 16;
constexpr std::uint64_t kAllOnes16 = 0xffff;
constexpr std::uint64_t kAllOnes32 = 0xffffffff;

/// Where the directory lies, as the records behind it say.
struct ZipExtent {
  std::uint64_t entries = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
  std::uint64_t end = 0;  ///< where the records behind it begin
};

[[noreturn]] void throw_bad_end(const char* why) {
  throw WeightError(fmt::format(
      "it begins as a zip archive, and {}: it is cut short or altered", why));
}

/// The record that ends the file. No comment, so its place is known.
ZipExtent read_zip_end(std::string_view file) {
  if (file.size() < kZipEndBytes) {
    throw_bad_end("is too short for one");
  }
  ZipExtent extent;
  extent.end = file.size() - kZipEndBytes;
  ByteCursor at(file.substr(extent.end), "its end record");
  if (at.number<std::uint32_t>() != kZipEnd) {
    throw_bad_end("does not end as torch.save ends one");
  }
  const auto disks = at.number<std::uint32_t>();
  const auto here = at.number<std::uint16_t>();
  extent.entries = at.number<std::uint16_t>();
  extent.size = at.number<std::uint32_t>();
  extent.offset = at.number<std::uint32_t>();
  const auto comment_bytes = at.number<std::uint16_t>();
  if (disks != 0 || here != extent.entries || comment_bytes != 0) {
    throw_bad_end("its end record speaks of other disks or of a comment");
  }
  return extent;
}

/// `narrow` holds the same number, or only ones.
bool agrees(std::uint64_t narrow, std::uint64_t wide, std::uint64_t ones) {
  return narrow == wide || narrow == ones;
}

/// The zip64 record and its locator, when they stand before the end record.
ZipExtent read_zip64_end(std::string_view file, const ZipExtent& narrow) {
  constexpr std::uint64_t kBoth = kZip64EndBytes + kZip64LocatorBytes;
  if (narrow.end < kBoth) {
    return narrow;
  }
  ZipExtent wide;
  wide.end = narrow.end - kBoth;
  ByteCursor locator(
      file.substr(narrow.end - kZip64LocatorBytes), "its zip64 locator");
  if (locator.number<std::uint32_t>() != kZip64Locator) {
    return narrow;
  }
  const auto locator_disk = locator.number<std::uint32_t>();
  const auto record_offset = locator.number<std::uint64_t>();
  ByteCursor record(file.substr(wide.end), "its zip64 end record");
  const auto signature = record.number<std::uint32_t>();
  const auto record_size = record.number<std::uint64_t>();
  record.take(4);  // versions
  const auto disks = record.number<std::uint64_t>();
  const auto here = record.number<std::uint64_t>();
  wide.entries = record.number<std::uint64_t>();
  wide.size = record.number<std::uint64_t>();
  wide.offset = record.number<std::uint64_t>();
  if (signature != kZip64End || record_offset != wide.end ||
      record_size != kZip64EndBytes - 12 || locator_disk != 0 || disks != 0 ||
      here != wide.entries ||
      !agrees(narrow.entries, wide.entries, kAllOnes16) ||
      !agrees(narrow.size, wide.size, kAllOnes32) ||
      !agrees(narrow.offset, wide.offset, kAllOnes32)) {
    throw_bad_end("its zip64 records contradict the others");
  }
  return wide;
}

ZipRecord read_zip_record(ByteCursor& at) {
  if (at.number<std::uint32_t>() != kZipRecord) {
    throw_bad_end("its directory does not hold as many entries as it says");
  }
  ZipRecord record;
  at.take(4);  // versions
  record.flags = at.number<std::uint16_t>();
  record.method = at.number<std::uint16_t>();
  at.take(4);  // time
  record.crc = at.number<std::uint32_t>();
  record.packed_size = at.number<std::uint32_t>();
  record.size = at.number<std::uint32_t>();
  const auto name_bytes = at.number<std::uint16_t>();
  const auto extra_bytes = at.number<std::uint16_t>();
  const auto comment_bytes = at.number<std::uint16_t>();
  at.take(8);  // disk, attributes
  record.offset = at.number<std::uint32_t>();
  record.name = at.take(name_bytes);
  widen_zip_sizes(
      at.take(extra_bytes),
      {&record.size, &record.packed_size, &record.offset});
  at.take(comment_bytes);
  return record;
}

}  // namespace

void widen_zip_sizes(
    std::string_view extra, std::vector<std::uint64_t*> values) {
  constexpr std::uint16_t kZip64Field = 1;
  std::erase_if(values, [](const auto* value) { return *value != kAllOnes32; });
  ByteCursor at(extra, "an extra field of its zip records");
  while (!values.empty() && at.left() > 0) {
    const auto kind = at.number<std::uint16_t>();
    const std::string_view content = at.take(at.number<std::uint16_t>());
    if (kind == kZip64Field) {
      ByteCursor wide(content, "a zip64 field");
      for (std::uint64_t* const value : values) {
        *value = wide.number<std::uint64_t>();
      }
      return;
    }
  }
  if (!values.empty()) {
    throw_bad_end("an entry lacks the zip64 field that it announces");
  }
}

ZipDirectory read_zip_directory(std::string_view file) {
  const ZipExtent extent = read_zip64_end(file, read_zip_end(file));
  if (extent.offset > extent.end || extent.size != extent.end - extent.offset) {
    throw_bad_end("its directory does not lie where its end record says");
  }
  if (extent.entries > kMostZipEntries ||
      extent.entries > extent.size / kLeastRecordBytes) {
    throw WeightError(fmt::format(
        "its zip directory of {} bytes would hold {} entries; want at most {} "
        "of {} bytes or more",
        extent.size,
        extent.entries,
        kMostZipEntries,
        kLeastRecordBytes));
  }
  ZipDirectory directory;
  directory.offset = extent.offset;
  ByteCursor at(file.substr(extent.offset, extent.size), "its zip directory");
  for (std::uint64_t i = 0; i < extent.entries; ++i) {
    directory.records.push_back(read_zip_record(at));
  }
  if (at.left() != 0) {
    throw_bad_end("its directory is longer than its entries");
  }
  return directory;
}

}  // namespace convoy
