// Walks the tree of an LMDB file with bounds checks.

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "data/errors.h"
#include "data/store/lmdb/pages.h"
#include "data/store/printable.h"

namespace convoy {
namespace {

constexpr std::size_t kNodeHeader = 8;
constexpr std::uint16_t kBranch = 0x01;
constexpr std::uint16_t kLeaf = 0x02;
constexpr std::uint16_t kKinds = 0x6F;  // the other bits are a writer's notes
constexpr std::uint16_t kBigData = 0x01;
constexpr std::uint64_t kNoPage = ~std::uint64_t{0};
// LMDB's own limit: the depth of its cursors.
constexpr int kMaxDepth = 32;

template <typename T>
T load(const std::uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// An entry of a page: a child page in a branch, a record in a leaf.
struct Node {
  std::uint32_t low = 0;  // value size, or the low half of a page number
  std::uint16_t flags = 0;
  std::string_view key;
  const std::uint8_t* value = nullptr;
  std::size_t room = 0;  // bytes from value to the page's end

  std::uint64_t child() const {
    return low | static_cast<std::uint64_t>(flags) << 32;
  }
};

class Walk {
 public:
  Walk(
      std::span<const std::uint8_t> file,
      const LmdbMeta& meta,
      const VisitRecord& visit)
      : file_(file), meta_(meta), visit_(visit) {}

  void run() {
    if (meta_.root != kNoPage) {
      if (meta_.depth < 1 || meta_.depth > kMaxDepth) {
        refuse(meta_.root, "the depth of its tree");
      }
      walk_page(meta_.root, 1);
    }
    if (records_ != meta_.records) {
      throw BadData(fmt::format(
          "it is damaged: its head says {} records, and its pages hold {}",
          meta_.records,
          records_));
    }
  }

 private:
  [[noreturn]] void refuse(std::uint64_t page, const char* what) const {
    throw BadData(fmt::format(
        "it is damaged: page {} has a wrong value for {}; copy the database "
        "again from where it came",
        page,
        what));
  }

  void walk_page(std::uint64_t number, int level) {
    if (number > meta_.last_page) {
      refuse(number, "its number");
    }
    // A damaged branch may lead in a circle.
    if (++pages_ > std::min(meta_.tree_pages, meta_.last_page)) {
      refuse(number, "the count of pages");
    }
    const std::uint8_t* page = file_.data() + number * meta_.page_size;
    const bool leaf = level == meta_.depth;
    if (load<std::uint64_t>(page) != number) {
      refuse(number, "its own number");
    }
    if ((load<std::uint16_t>(page + 10) & kKinds) != (leaf ? kLeaf : kBranch)) {
      refuse(number, "its kind");
    }
    const std::size_t count = count_nodes(number, page, leaf);
    for (std::size_t i = 0; i < count; ++i) {
      const Node node = node_at(number, page, i);
      leaf ? take_record(number, node) : walk_page(node.child(), level + 1);
    }
  }

  std::size_t count_nodes(
      std::uint64_t number, const std::uint8_t* page, bool leaf) const {
    const std::size_t lower = load<std::uint16_t>(page + 12);
    if (lower < kLmdbPageHeader || lower > meta_.page_size || lower % 2 != 0) {
      refuse(number, "its table");
    }
    const std::size_t count = (lower - kLmdbPageHeader) / 2;
    if (count < (leaf ? 1 : 2)) {
      refuse(number, "the count of its entries");
    }
    return count;
  }

  Node node_at(
      std::uint64_t number, const std::uint8_t* page, std::size_t index) const {
    const std::size_t offset =
        load<std::uint16_t>(page + kLmdbPageHeader + 2 * index);
    if (offset < kLmdbPageHeader || offset + kNodeHeader > meta_.page_size) {
      refuse(number, "the place of an entry");
    }
    const std::uint8_t* start = page + offset;
    Node node;
    node.low = load<std::uint32_t>(start);
    node.flags = load<std::uint16_t>(start + 4);
    const std::size_t key_bytes = load<std::uint16_t>(start + 6);
    const std::size_t rest = meta_.page_size - offset - kNodeHeader;
    if (key_bytes > rest || key_bytes > kLmdbMaxKey) {
      refuse(number, "the length of a key");
    }
    const std::uint8_t* key = start + kNodeHeader;
    node.key = {reinterpret_cast<const char*>(key), key_bytes};
    node.value = key + key_bytes;
    node.room = rest - key_bytes;
    return node;
  }

  void take_record(std::uint64_t number, const Node& node) {
    if (node.key.empty()) {
      refuse(number, "the length of a key");
    }
    if (node.flags == kBigData) {
      check_big_value(number, node);
    } else if (node.flags != 0) {
      throw BadData(fmt::format(
          "it holds named databases or several values a key (at key '{}'), "
          "which no Caffe tool writes",
          printable(node.key)));
    } else if (node.low > node.room) {
      refuse(number, "the length of a value");
    }
    if (meta_.plain_order && node.key <= last_key_) {
      refuse(number, "a key: they do not ascend");
    }
    last_key_ = node.key;
    ++records_;
    visit_(node.key, node.low);
  }

  void check_big_value(std::uint64_t number, const Node& node) const {
    if (node.room < sizeof(std::uint64_t)) {
      refuse(number, "the place of a value");
    }
    const auto first = load<std::uint64_t>(node.value);
    const std::uint64_t pages =
        (kLmdbPageHeader - 1 + std::uint64_t{node.low}) / meta_.page_size + 1;
    if (first > meta_.last_page || pages > meta_.last_page - first + 1) {
      refuse(number, "the place of a value");
    }
  }

  std::span<const std::uint8_t> file_;
  const LmdbMeta& meta_;
  const VisitRecord& visit_;
  std::uint64_t pages_ = 0;
  std::uint64_t records_ = 0;
  std::string_view last_key_;  // points into the file
};

}  // namespace

void walk_lmdb_records(
    std::span<const std::uint8_t> file,
    const LmdbMeta& meta,
    const VisitRecord& visit) {
  Walk(file, meta, visit).run();
}

}  // namespace convoy
