#pragma once
// Which parts of a range of bytes are taken.

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace convoy {

/// Best fit, the lowest among equals; free neighbours are one. So the end of
/// the range, which was never taken, is taken last. Not thread-safe.
class Blocks {
 public:
  explicit Blocks(std::size_t bytes);

  /// Where `bytes` bytes, at least 1, begin; nothing when no free part is as
  /// large.
  std::optional<std::size_t> take(std::size_t bytes);

  /// REQUIRES: what take() gave, once.
  void give_back(std::size_t offset);

 private:
  using Free = std::map<std::size_t, std::size_t>;

  void add(std::size_t offset, std::size_t bytes);
  void remove(Free::iterator part);

  Free free_;                                              ///< bytes by offset
  std::set<std::pair<std::size_t, std::size_t>> by_size_;  ///< bytes, offset
  std::unordered_map<std::size_t, std::size_t> taken_;     ///< bytes by offset
};

}  // namespace convoy
