// Reads the meta pages of an LMDB file.

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "data/errors.h"
#include "data/store/lmdb/pages.h"

namespace convoy {
namespace {

constexpr std::uint32_t kMagic = 0xBEEFC0DE;
constexpr std::uint32_t kVersion = 1;
constexpr std::uint16_t kDupSort = 0x04;

// One of the two trees in a meta page, as LMDB lays it out.
struct RawTree {
  std::uint32_t page_size;  // in the first tree; unused in the second
  std::uint16_t flags;
  std::uint16_t depth;
  std::uint64_t branch_pages;
  std::uint64_t leaf_pages;
  std::uint64_t overflow_pages;
  std::uint64_t entries;
  std::uint64_t root;
};

struct RawMeta {
  std::uint32_t magic;
  std::uint32_t version;
  std::uint64_t address;
  std::uint64_t map_size;
  RawTree free_pages;
  RawTree records;
  std::uint64_t last_page;
  std::uint64_t transaction;
};
static_assert(sizeof(RawTree) == 48 && sizeof(RawMeta) == 136);

RawMeta read_raw(std::span<const std::uint8_t> file, std::size_t offset) {
  RawMeta meta{};
  const std::size_t start = offset + kLmdbPageHeader;
  if (file.size() < start + sizeof meta) {
    throw BadData(fmt::format(
        "it has {} bytes, too few for an LMDB database: it is cut short, or "
        "something else",
        file.size()));
  }
  std::memcpy(&meta, file.data() + start, sizeof meta);
  if (meta.magic != kMagic) {
    throw BadData("it is not an LMDB database (no LMDB mark in its head)");
  }
  if (meta.version != kVersion) {
    throw BadData(fmt::format(
        "it is an LMDB database of format {}; format {} can be read",
        meta.version,
        kVersion));
  }
  return meta;
}

void check_kind(const RawMeta& meta) {
  if ((meta.records.flags & kDupSort) != 0) {
    throw BadData(
        "it is an LMDB database with several values a key (DUPSORT), which "
        "no Caffe tool writes");
  }
}

}  // namespace

LmdbMeta read_lmdb_meta(std::span<const std::uint8_t> file) {
  static_assert(std::endian::native == std::endian::little);
  const RawMeta first = read_raw(file, 0);
  const std::size_t page_size = first.free_pages.page_size;
  if (page_size < 256 || page_size > 65536 || !std::has_single_bit(page_size)) {
    throw BadData(fmt::format(
        "its head is damaged: it says a page size of {} bytes", page_size));
  }
  const RawMeta second = read_raw(file, page_size);
  const RawMeta& newer =
      first.transaction < second.transaction ? second : first;
  check_kind(newer);
  LmdbMeta meta;
  meta.page_size = page_size;
  meta.last_page = newer.last_page;
  meta.root = newer.records.root;
  meta.records = newer.records.entries;
  meta.tree_pages = newer.records.branch_pages + newer.records.leaf_pages;
  meta.depth = newer.records.depth;
  meta.plain_order = newer.records.flags == 0;
  if (meta.last_page >= file.size() / page_size) {
    throw BadData(fmt::format(
        "it is cut short: it has {} bytes, and its pages need {}; copy it "
        "again from where it came",
        file.size(),
        static_cast<double>(meta.last_page + 1) * page_size));
  }
  return meta;
}

}  // namespace convoy
