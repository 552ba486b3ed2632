#include "nets/weights/zip.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "nets/weights/bytes.h"
#include "nets/weights/crc32.h"
#include "nets/weights/zip_directory.h"

namespace convoy {
namespace {

constexpr std::uint32_t kZipHeader = 0x04034b50;

[[noreturn]] void throw_bad_entry(const ZipRecord& record, const char* why) {
  throw WeightError(
      fmt::format("its zip entry {} {}", in_quotes(record.name), why));
}

void check_record(const ZipRecord& record) {
  constexpr std::uint16_t kEncrypted = 1;
  if ((record.flags & kEncrypted) != 0) {
    throw_bad_entry(record, "is encrypted; torch.save writes it in the clear");
  }
  if (record.method != 0) {
    throw_bad_entry(
        record,
        "is compressed; torch.save stores entries as they are (or is it a "
        "TorchScript program?). Load the file with torch and save its state "
        "dict");
  }
  if (record.packed_size != record.size) {
    throw_bad_entry(record, "is stored, and has two different sizes");
  }
}

/// Where an entry lies in the file, its own header included.
struct ZipSpan {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::string_view name;
};

/// Compares the entry's own header with the directory, and returns the content.
std::string_view read_zip_entry(
    std::string_view entries, const ZipRecord& record, ZipSpan& span) {
  if (record.offset >= entries.size()) {
    throw_bad_entry(record, "would begin behind the entries");
  }
  ByteCursor at(entries.substr(record.offset), "a zip entry");
  ZipRecord own;
  const auto signature = at.number<std::uint32_t>();
  at.take(2);  // version
  own.flags = at.number<std::uint16_t>();
  own.method = at.number<std::uint16_t>();
  at.take(4);  // time
  own.crc = at.number<std::uint32_t>();
  own.packed_size = at.number<std::uint32_t>();
  own.size = at.number<std::uint32_t>();
  const auto name_bytes = at.number<std::uint16_t>();
  const auto extra_bytes = at.number<std::uint16_t>();
  own.name = at.take(name_bytes);
  widen_zip_sizes(at.take(extra_bytes), {&own.size, &own.packed_size});
  const bool left_out = (own.flags & kZipSizesBehindData) != 0 &&
                        own.crc == 0 && own.size == 0 && own.packed_size == 0;
  const bool equal = own.crc == record.crc && own.size == record.size &&
                     own.packed_size == record.packed_size;
  if (signature != kZipHeader || own.flags != record.flags ||
      own.method != record.method || own.name != record.name ||
      !(equal || left_out)) {
    throw_bad_entry(record, "contradicts the archive's directory");
  }
  const std::string_view content = at.take(record.size);
  span = {record.offset, record.offset + at.position(), record.name};
  return content;
}

void refuse_overlaps(std::vector<ZipSpan> spans) {
  std::sort(spans.begin(), spans.end(), [](const ZipSpan& a, const ZipSpan& b) {
    return a.begin < b.begin;
  });
  for (std::size_t i = 1; i < spans.size(); ++i) {
    if (spans[i].begin < spans[i - 1].end) {
      throw WeightError(fmt::format(
          "its zip entries {} and {} overlap",
          in_quotes(spans[i - 1].name),
          in_quotes(spans[i].name)));
    }
  }
}

}  // namespace

ZipArchive::ZipArchive(std::string_view file) {
  const ZipDirectory directory = read_zip_directory(file);
  const std::string_view entries = file.substr(0, directory.offset);
  std::string_view folder;
  std::vector<ZipSpan> spans;
  for (const ZipRecord& record : directory.records) {
    check_record(record);
    if (spans.empty()) {
      folder = record.name.substr(0, record.name.find('/') + 1);
    }
    if (folder.empty() || !record.name.starts_with(folder)) {
      throw_bad_entry(record, "does not lie in the one folder of the archive");
    }
    const std::string_view content =
        read_zip_entry(entries, record, spans.emplace_back());
    const std::string_view name = record.name.substr(folder.size());
    if (!entries_.emplace(name, Entry{content, record.crc}).second) {
      throw_bad_entry(record, "comes twice");
    }
  }
  refuse_overlaps(std::move(spans));
}

bool ZipArchive::has(std::string_view name) const {
  return entries_.contains(name);
}

std::string_view ZipArchive::entry(std::string_view name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    throw WeightError(fmt::format(
        "its zip archive has no entry {}, which it needs", in_quotes(name)));
  }
  Entry& entry = found->second;
  // torch.serialization.set_crc32_options(False) leaves it 0.
  const bool has_crc = entry.crc != 0;
  if (!entry.checked && has_crc && crc32_of(entry.bytes) != entry.crc) {
    throw WeightError(fmt::format(
        "its zip entry {} has the CRC-32 {:08x}, and the directory says "
        "{:08x}: it is damaged",
        in_quotes(name),
        crc32_of(entry.bytes),
        entry.crc));
  }
  entry.checked = true;
  return entry.bytes;
}

}  // namespace convoy
