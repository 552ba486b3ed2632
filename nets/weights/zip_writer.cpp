#include "nets/weights/zip_writer.h"

#include <initializer_list>

#include "nets/weights/bytes.h"
#include "nets/weights/crc32.h"

namespace convoy {
namespace {

// All sizes and offsets stand in zip64 fields, for small files too, so that
// large ones are nothing special. 32-bit places hold only ones then.
constexpr std::uint32_t kInZip64Field = 0xffffffff;
constexpr std::uint16_t kZip64Version = 45;
constexpr std::uint16_t kFirstOfJanuary1980 = 0x21;
constexpr std::uint16_t kZip64FieldKind = 1;
constexpr std::uint16_t kPaddingKind = 0x4246;  // "FB", as torch.save has it
constexpr std::uint64_t kContentAlignment = 64;

/// What an entry's own header and its record in the directory share: version to
/// flags, time, CRC, sizes, length of the name.
std::string common_part(
    std::string_view name, std::uint32_t crc, std::size_t extra_bytes) {
  constexpr std::uint16_t kNamesAreUtf8 = 1 << 11;
  constexpr std::uint16_t kStored = 0;
  std::string bytes;
  append_number(bytes, kZip64Version);
  append_number(bytes, kNamesAreUtf8);
  append_number(bytes, kStored);
  append_number<std::uint16_t>(bytes, 0);  // midnight
  append_number(bytes, kFirstOfJanuary1980);
  append_number(bytes, crc);
  append_number(bytes, kInZip64Field);
  append_number(bytes, kInZip64Field);
  append_number(bytes, static_cast<std::uint16_t>(name.size()));
  append_number(bytes, static_cast<std::uint16_t>(extra_bytes));
  return bytes;
}

std::string zip64_field(std::initializer_list<std::uint64_t> values) {
  std::string bytes;
  append_number(bytes, kZip64FieldKind);
  append_number(
      bytes, static_cast<std::uint16_t>(values.size() * sizeof(std::uint64_t)));
  for (const std::uint64_t value : values) {
    append_number(bytes, value);
  }
  return bytes;
}

/// An extra field that ends at a multiple of the alignment when it begins at
/// `offset`.
std::string padding_field(std::uint64_t offset) {
  constexpr std::uint64_t kFieldHeader = 4;
  const std::uint64_t begin = offset + kFieldHeader;
  const std::uint64_t end =
      (begin + kContentAlignment - 1) / kContentAlignment * kContentAlignment;
  std::string bytes;
  append_number(bytes, kPaddingKind);
  append_number(bytes, static_cast<std::uint16_t>(end - begin));
  return bytes.append(end - begin, '\0');
}

}  // namespace

void ZipWriter::add(std::string_view name, std::string_view content) {
  constexpr std::uint32_t kHeader = 0x04034b50;
  constexpr std::uint32_t kRecord = 0x02014b50;
  constexpr std::uint64_t kHeaderBytes = 30;
  const std::string path = folder_ + "/" + std::string(name);
  const std::uint32_t crc = crc32_of(content);
  const std::uint64_t offset = file_.size();
  std::string extra = zip64_field({content.size(), content.size()});
  extra += padding_field(offset + kHeaderBytes + path.size() + extra.size());
  std::string header;
  append_number(header, kHeader);
  header += common_part(path, crc, extra.size());
  file_.append(header + path + extra);
  file_.append(content);

  const std::string wide =
      zip64_field({content.size(), content.size(), offset});
  append_number(directory_, kRecord);
  append_number(directory_, kZip64Version);  // made by
  directory_ += common_part(path, crc, wide.size());
  directory_.append(10, '\0');  // no comment, disk 0, no attributes
  append_number(directory_, kInZip64Field);
  directory_ += path + wide;
  ++entries_;
}

void ZipWriter::finish() {
  constexpr std::uint32_t kZip64End = 0x06064b50;
  constexpr std::uint64_t kZip64EndBytes = 44;  // behind this number
  constexpr std::uint32_t kLocator = 0x07064b50;
  constexpr std::uint32_t kEnd = 0x06054b50;
  const std::uint64_t begin = file_.size();
  file_.append(directory_);
  std::string end;
  append_number(end, kZip64End);
  append_number(end, kZip64EndBytes);
  append_number(end, kZip64Version);  // made by
  append_number(end, kZip64Version);
  append_number<std::uint64_t>(end, 0);  // disks
  append_number(end, entries_);          // on this one
  append_number(end, entries_);
  append_number<std::uint64_t>(end, directory_.size());
  append_number(end, begin);
  append_number(end, kLocator);
  append_number<std::uint32_t>(end, 0);  // disk
  append_number<std::uint64_t>(end, begin + directory_.size());
  append_number<std::uint32_t>(end, 1);  // disks
  append_number(end, kEnd);
  append_number<std::uint32_t>(end, 0);  // disks
  end.append(4 + 8, '\xff');             // entries, size and offset in 64 bits
  append_number<std::uint16_t>(end, 0);  // no comment
  file_.append(end);
}

}  // namespace convoy
