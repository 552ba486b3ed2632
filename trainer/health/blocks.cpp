#include "trainer/health/blocks.h"

#include <iterator>

namespace convoy {

Blocks::Blocks(std::size_t bytes) {
  add(0, bytes);
}

void Blocks::add(std::size_t offset, std::size_t bytes) {
  free_[offset] = bytes;
  by_size_.emplace(bytes, offset);
}

void Blocks::remove(Free::iterator part) {
  by_size_.erase({part->second, part->first});
  free_.erase(part);
}

std::optional<std::size_t> Blocks::take(std::size_t bytes) {
  const auto fit = by_size_.lower_bound({bytes, 0});
  if (fit == by_size_.end()) {
    return std::nullopt;
  }
  const auto [size, offset] = *fit;
  remove(free_.find(offset));
  if (size > bytes) {
    add(offset + bytes, size - bytes);
  }
  taken_[offset] = bytes;
  return offset;
}

void Blocks::give_back(std::size_t offset) {
  const auto taken = taken_.find(offset);
  std::size_t begin = offset;
  std::size_t end = offset + taken->second;
  taken_.erase(taken);
  const auto after = free_.find(end);
  if (after != free_.end()) {
    end += after->second;
    remove(after);
  }
  const auto next = free_.lower_bound(begin);
  if (next != free_.begin()) {
    const auto before = std::prev(next);
    if (before->first + before->second == begin) {
      begin = before->first;
      remove(before);
    }
  }
  add(begin, end - begin);
}

}  // namespace convoy
