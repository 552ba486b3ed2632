#pragma once
// Weight files made by hand, byte by byte, so that they can lie.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nets/weights/bytes.h"
#include "nets/weights/crc32.h"

namespace convoy::testing {

/// An entry of a zip archive. The lies are added to what would be right.
struct MadeEntry {
  std::string name;
  std::string content;
  std::uint16_t method = 0;
  std::uint16_t flags = 0;
  std::uint32_t crc_lie = 0;
  std::uint32_t size_lie = 0;  ///< of both sizes
  std::uint32_t packed_size_lie = 0;
  std::uint32_t offset_lie = 0;
  std::uint32_t own_size_lie = 0;  ///< in the entry's own header alone
  bool sizes_behind_data = false;
  std::string own_name;  ///< in the entry's own header, when not empty
  std::string extra;     ///< in the directory
};

/// Numbers behind the directory; the lies are added.
struct MadeEnd {
  std::uint32_t entries_lie = 0;
  std::uint32_t size_lie = 0;
  std::uint32_t offset_lie = 0;
  std::uint16_t comment_bytes = 0;
  bool zip64 = false;
  std::uint64_t wide_entries_lie = 0;
  std::uint64_t wide_size_lie = 0;
  std::uint64_t wide_offset_lie = 0;
  std::uint64_t locator_lie = 0;
  std::uint64_t disks = 0;
};

struct MadeZip {
  std::vector<MadeEntry> entries;
  MadeEnd end;
};

/// What both headers of an entry share, from its flags to its sizes.
inline std::string made_sizes(const MadeEntry& entry, std::uint32_t own_lie) {
  const auto size =
      static_cast<std::uint32_t>(entry.content.size()) + entry.size_lie;
  std::string bytes;
  append_number(bytes, entry.flags);
  append_number(bytes, entry.method);
  append_number<std::uint32_t>(bytes, 0);
  append_number(bytes, crc32_of(entry.content) + entry.crc_lie);
  append_number(bytes, size + entry.packed_size_lie + own_lie);
  append_number(bytes, size + own_lie);
  return bytes;
}

inline std::string made_zip_end(
    const MadeEnd& lies,
    std::size_t count,
    std::size_t begin,
    std::size_t end) {
  std::string bytes;
  if (lies.zip64) {
    append_number<std::uint32_t>(bytes, 0x06064b50);
    append_number<std::uint64_t>(bytes, 44);
    append_number<std::uint32_t>(bytes, 0x002d002d);
    append_number<std::uint64_t>(bytes, lies.disks);
    append_number<std::uint64_t>(bytes, count + lies.wide_entries_lie);
    append_number<std::uint64_t>(bytes, count + lies.wide_entries_lie);
    append_number<std::uint64_t>(bytes, end - begin + lies.wide_size_lie);
    append_number<std::uint64_t>(bytes, begin + lies.wide_offset_lie);
    append_number<std::uint32_t>(bytes, 0x07064b50);
    append_number<std::uint32_t>(bytes, 0);
    append_number<std::uint64_t>(bytes, end + lies.locator_lie);
    append_number<std::uint32_t>(bytes, 1);
  }
  append_number<std::uint32_t>(bytes, 0x06054b50);
  append_number<std::uint32_t>(bytes, 0);
  const auto entries = static_cast<std::uint16_t>(count + lies.entries_lie);
  append_number(bytes, entries);
  append_number(bytes, entries);
  append_number(bytes, static_cast<std::uint32_t>(end - begin) + lies.size_lie);
  append_number(bytes, static_cast<std::uint32_t>(begin) + lies.offset_lie);
  append_number(bytes, lies.comment_bytes);
  return bytes;
}

inline std::string made_zip(const MadeZip& zip) {
  std::string file;
  std::string directory;
  for (const MadeEntry& entry : zip.entries) {
    append_number<std::uint32_t>(directory, 0x02014b50);
    append_number<std::uint32_t>(directory, 0);
    directory += made_sizes(entry, 0);
    append_number(directory, static_cast<std::uint16_t>(entry.name.size()));
    append_number(directory, static_cast<std::uint16_t>(entry.extra.size()));
    directory.append(10, '\0');
    append_number(
        directory, static_cast<std::uint32_t>(file.size()) + entry.offset_lie);
    directory += entry.name + entry.extra;

    const std::string& name =
        entry.own_name.empty() ? entry.name : entry.own_name;
    append_number<std::uint32_t>(file, 0x04034b50);
    append_number<std::uint16_t>(file, 0);
    std::string sizes = made_sizes(entry, entry.own_size_lie);
    if (entry.sizes_behind_data) {
      sizes.replace(8, 12, 12, '\0');
    }
    file += sizes;
    append_number(file, static_cast<std::uint16_t>(name.size()));
    append_number<std::uint16_t>(file, 0);
    file += name + entry.content;
  }
  const std::size_t begin = file.size();
  file += directory;
  return file + made_zip_end(zip.end, zip.entries.size(), begin, file.size());
}

/// An archive as torch.save writes one, of a pickle and of storages 0, 1, ...
inline MadeZip zip_of(
    const std::string& pickle, const std::vector<std::string>& storages) {
  MadeZip zip;
  zip.entries.push_back({"a/data.pkl", pickle});
  for (std::size_t i = 0; i < storages.size(); ++i) {
    zip.entries.push_back({"a/data/" + std::to_string(i), storages[i]});
  }
  zip.entries.push_back({"a/version", "3\n"});
  return zip;
}

inline std::string pickled_text(std::string_view text) {
  std::string code = "X";
  append_number(code, static_cast<std::uint32_t>(text.size()));
  return code.append(text);
}

inline std::string pickled_integer(std::int64_t value) {
  std::string code = "\x8a\x08";
  append_number(code, value);
  return code;
}

inline std::string pickled_integers(const std::vector<std::int64_t>& values) {
  std::string code = "(";
  for (const std::int64_t value : values) {
    code += pickled_integer(value);
  }
  return code + "t";
}

struct MadeTensor {
  std::string module = "torch";  ///< of the storage's type
  std::string type = "FloatStorage";
  std::string key = "0";
  std::int64_t elements = 6;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape{2, 3};
  std::vector<std::int64_t> strides{3, 1};
  std::string metadata;  ///< opcodes of a seventh argument
  std::string window;    ///< opcodes of a sixth item of the storage's id
};

inline std::string pickled_storage(const MadeTensor& tensor) {
  return "(" + pickled_text("storage") + "c" + tensor.module + "\n" +
         tensor.type + "\n" + pickled_text(tensor.key) + pickled_text("cpu") +
         pickled_integer(tensor.elements) + tensor.window + "tQ";
}

/// Its storage, offset, shape and strides.
inline std::string pickled_parts(const MadeTensor& tensor) {
  return pickled_storage(tensor) + pickled_integer(tensor.offset) +
         pickled_integers(tensor.shape) + pickled_integers(tensor.strides);
}

inline std::string pickled_tensor(const MadeTensor& tensor) {
  return "ctorch._utils\n_rebuild_tensor_v2\n(" + pickled_parts(tensor) +
         "\x89}" + tensor.metadata + "tR";
}

/// The pickle of a dict of names and opcodes that push a value.
inline std::string pickled_dict(
    const std::vector<std::pair<std::string, std::string>>& items) {
  std::string code = "\x80\x02}(";
  for (const auto& [name, value] : items) {
    code += pickled_text(name) + value;
  }
  return code + "u.";
}

/// A file that holds `tensor` as "w", and a storage of 6 floats.
inline std::string zip_of_tensor(const MadeTensor& tensor) {
  return made_zip(zip_of(
      pickled_dict({{"w", pickled_tensor(tensor)}}), {std::string(24, '\1')}));
}

/// A safetensors file of that header and so many bytes of data.
inline std::string made_safetensors(
    const std::string& header, std::size_t data_bytes) {
  std::string file;
  append_number<std::uint64_t>(file, header.size());
  return file + header + std::string(data_bytes, '\0');
}

}  // namespace convoy::testing
