#pragma once
// Balanced sampling as a pure function: the classes take turns, and so do the
// samples of a class.

#include <cstdint>
#include <span>
#include <vector>

namespace convoy {

/// An endless row of turns: turn t belongs to class t mod classes, and the
/// turns of a class go through its samples in an order that is drawn anew each
/// time round. So over any stretch of turns classes come equally often, give or
/// take one, and so do the samples of a class.
class ClassTurns {
 public:
  /// labels[i] >= 0: the class of sample i; a negative one keeps the sample
  /// out. Takes 4 bytes a sample. Throws BadData when no sample has a class,
  /// or when there are 2^32 or more.
  explicit ClassTurns(std::span<const std::int32_t> labels);

  struct Turn {
    std::uint64_t index = 0;  ///< of the sample
    /// The class's time round, counted from its first turn since `first`: it
    /// tells the sample's turns apart.
    std::uint64_t round = 0;
  };

  /// Turn `first` + `offset`.
  Turn at(std::uint64_t seed, std::uint64_t first, std::uint64_t offset) const;

  /// Classes that have samples.
  std::uint64_t classes() const { return begin_.size() - 1; }
  /// Samples of the n-th of them, by label.
  std::uint64_t samples_of(std::uint64_t n) const {
    return begin_[n + 1] - begin_[n];
  }

 private:
  std::vector<std::uint32_t> samples_;  // class after class
  std::vector<std::uint64_t> begin_;  // of each class in samples_, and the end
};

}  // namespace convoy
