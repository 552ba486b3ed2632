#include "distributed/board.h"

#include <gtest/gtest.h>

#include "tests/support/thread_ranks.h"

namespace convoy {
namespace {

TEST(Board, TellsEachRankOfAHostWhatTheOthersDid) {
  testing::run_ranks(3, [](Communicator&, Control& control) {
    Board board(
        allot_segments(control, control, Board::kBytes).segments,
        control.rank());
    EXPECT_EQ(board.read(1), "");
    control.barrier();
    board.note(10 + control.rank(), "compute");
    control.barrier();
    for (int r = 0; r < 3; ++r) {
      EXPECT_EQ(board.read(r), "compute of step " + std::to_string(10 + r));
    }
    control.barrier();
    if (control.rank() == 2) {
      board.note(13, "a phase of more letters than there is room for");
    }
    control.barrier();
    EXPECT_EQ(board.read(2), "a phase of more  of step 13");
    EXPECT_EQ(board.read(0), "compute of step 10");
  });
}

TEST(Board, KnowsItsOwnRankWhereNothingIsShared) {
  Board board(nullptr, 1);
  board.note(3, "data");
  EXPECT_EQ(board.read(1), "data of step 3");
  EXPECT_EQ(board.read(0), "");
}

}  // namespace
}  // namespace convoy
