#pragma once
// Which key is the n-th, in memory for few of them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace convoy {

/// Every kStride-th key of a database: ten million records with keys of 60
/// bytes take 21 MB. The keys between are reached by steps of a cursor.
class KeyIndex {
 public:
  static constexpr std::size_t kStride = 32;

  /// Takes the next key in order.
  void add(std::string_view key) {
    if (size_ % kStride == 0) {
      starts_.push_back(bytes_.size());
      bytes_.append(key);
    }
    ++size_;
  }

  std::size_t size() const { return size_; }

  /// The last remembered key at or before `index`, which is below size(); it is
  /// that of record index - index % kStride.
  std::string_view key_before(std::size_t index) const {
    const std::size_t block = index / kStride;
    const std::size_t start = starts_[block];
    const std::size_t end =
        block + 1 < starts_.size() ? starts_[block + 1] : bytes_.size();
    return std::string_view(bytes_).substr(start, end - start);
  }

  std::size_t memory_bytes() const {
    return bytes_.capacity() + starts_.capacity() * sizeof(std::size_t);
  }

 private:
  std::string bytes_;
  std::vector<std::size_t> starts_;
  std::size_t size_ = 0;
};

}  // namespace convoy
