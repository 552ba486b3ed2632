#pragma once
// The structure of an LMDB file, checked before LMDB itself follows it. LMDB
// trusts its file: a file cut short ends the process with SIGBUS, a flipped bit
// in a page header with SIGSEGV. Every page that leads to a record is looked at
// here, with bounds.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace convoy {

/// Bytes at the start of each page, and the most that a key may have.
constexpr std::size_t kLmdbPageHeader = 16;
constexpr std::size_t kLmdbMaxKey = 511;

/// What the newer of the two meta pages says (LMDB 0.9, 64 bits,
/// little-endian).
struct LmdbMeta {
  std::size_t page_size = 0;
  std::uint64_t last_page = 0;
  std::uint64_t root = 0;  ///< page number; ~0 when there are no records
  std::uint64_t records = 0;
  std::uint64_t tree_pages = 0;  ///< branch and leaf pages
  int depth = 0;
  bool plain_order = true;  ///< keys ascend as bytes, not by another rule

  std::uint64_t needed_bytes() const { return (last_page + 1) * page_size; }
};

/// Throws BadData (in words, without the path) when `file` is no LMDB database,
/// holds less than its meta page needs, or is of a kind that holds no simple
/// records.
LmdbMeta read_lmdb_meta(std::span<const std::uint8_t> file);

/// Called for each record in key order.
using VisitRecord =
    std::function<void(std::string_view key, std::uint64_t value_bytes)>;

/// Walks the tree. Values on pages of their own are not touched, only their
/// place is checked. Throws BadData at the first thing that can't be.
void walk_lmdb_records(
    std::span<const std::uint8_t> file,
    const LmdbMeta& meta,
    const VisitRecord& visit);

}  // namespace convoy
