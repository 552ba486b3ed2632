#include "trainer/loop/phases.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

TEST(Phases, OfEachStepAreTakenOnceAndInOrder) {
  const auto clock = make_phase_clock(c10::kCPU);
  clock->begin(Phase::data);
  clock->begin(Phase::compute);
  clock->end_step();
  clock->begin(Phase::optimizer);
  clock->end_step();
  clock->begin(Phase::communication);  // of a step under way
  const auto steps = clock->take_steps();
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_GT(steps[0][0], 0);
  EXPECT_GT(steps[0][1], 0);
  EXPECT_EQ(steps[0][3], 0);
  EXPECT_EQ(steps[1][0], 0);
  EXPECT_GT(steps[1][3], 0);
  EXPECT_EQ(steps[1][2], 0);
  clock->end_step();
  const auto last = clock->take_steps();
  ASSERT_EQ(last.size(), 1u);
  EXPECT_GT(last[0][2], 0);
  EXPECT_TRUE(clock->take_steps().empty());
}

TEST(Phases, AreAddedUpOverSteps) {
  const auto clock = make_phase_clock(c10::kCPU);
  for (int step = 0; step < 3; ++step) {
    clock->begin(Phase::compute);
    clock->end_step();
  }
  const PhaseSeconds sums = clock->take();
  EXPECT_GT(sums[1], 0);
  EXPECT_EQ(sums[0], 0);
  EXPECT_EQ(clock->take()[1], 0);
}

}  // namespace
}  // namespace convoy
