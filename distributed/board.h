#pragma once
// What the ranks of a host are doing, for those of them that wait.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "distributed/shm/segments.h"

namespace convoy {

/// One line for each rank of a host, in memory that they share: a rank that
/// hangs or is stopped can't be asked, but what it noted last can be read.
class Board {
 public:
  /// Bytes of each rank's line.
  static constexpr std::size_t kBytes = 4096;
  static constexpr std::size_t kLetters = 16;  ///< of a phase's name, at most

  /// `lines`: kBytes for each rank of the host; null: only this rank's own.
  Board(std::shared_ptr<const Segments> lines, int local_rank);
  ~Board();

  /// This rank has come to `phase` of `step`. Costs three writes to memory; any
  /// thread.
  void note(std::int64_t step, std::string_view phase);

  /// "data of step 12"; empty for a rank that has noted nothing.
  std::string read(int local_rank) const;

 private:
  struct Line;
  const Line* line(int local_rank) const;

  std::shared_ptr<const Segments> lines_;
  int local_rank_;
  std::unique_ptr<Line> own_;  ///< where lines are not shared
};

}  // namespace convoy
