#include "distributed/board.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <utility>

namespace convoy {

struct Board::Line {
  using Letters = std::array<std::uint64_t, kLetters / 8>;

  std::atomic<std::int64_t> step;
  std::array<std::atomic<std::uint64_t>, kLetters / 8> phase;
};

Board::Board(std::shared_ptr<const Segments> lines, int local_rank)
    : lines_(std::move(lines)),
      local_rank_(local_rank),
      own_(std::make_unique<Line>()) {}

Board::~Board() = default;

const Board::Line* Board::line(int local_rank) const {
  if (lines_ != nullptr) {
    return reinterpret_cast<const Line*>(lines_->of(local_rank));
  }
  return local_rank == local_rank_ ? own_.get() : nullptr;
}

void Board::note(std::int64_t step, std::string_view phase) {
  Line::Letters letters{};
  std::memcpy(letters.data(), phase.data(), std::min(phase.size(), kLetters));
  auto* mine = lines_ != nullptr
                   ? reinterpret_cast<Line*>(lines_->of(local_rank_))
                   : own_.get();
  mine->step.store(step, std::memory_order_relaxed);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    mine->phase[i].store(letters[i], std::memory_order_relaxed);
  }
}

std::string Board::read(int local_rank) const {
  const Line* one = line(local_rank);
  if (one == nullptr) {
    return "";
  }
  Line::Letters letters{};
  for (std::size_t i = 0; i < letters.size(); ++i) {
    letters[i] = one->phase[i].load(std::memory_order_relaxed);
  }
  char phase[kLetters + 1] = "";
  std::memcpy(phase, letters.data(), kLetters);
  return phase[0] == '\0' ? ""
                          : fmt::format(
                                "{} of step {}",
                                phase,
                                one->step.load(std::memory_order_relaxed));
}

}  // namespace convoy
