// The clock that times phases by CUDA events.

#include "trainer/loop/phases.h"

#include <ATen/ops/ones.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <chrono>
#include <cmath>

#include "tests/support/gpu.h"

namespace convoy {
namespace {

using Clock = std::chrono::steady_clock;

class GpuPhases : public testing::GpuTest {
 protected:
  static void synchronize() {
    c10::impl::VirtualGuardImpl(at::kCUDA).synchronizeDevice(0);
  }

  static double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

  /// Keeps the GPU busy for a good while after it returns.
  static void enqueue_work() {
    const at::Tensor a =
        at::ones({4096, 4096}, at::TensorOptions(at::kFloat).device(device()));
    for (int i = 0; i < 20; ++i) {
      a.matmul(a);
    }
  }

  /// The host computes for this long.
  static void spend(double seconds) {
    const auto start = Clock::now();
    volatile double x = 1;
    while (since(start) < seconds) {
      x = std::sqrt(x + 1);
    }
  }
};

double of(const PhaseSeconds& seconds, Phase phase) {
  return seconds[static_cast<std::size_t>(phase)];
}

TEST_F(GpuPhases, MeasureTheGpuAndNotTheHost) {
  enqueue_work();  // libraries are loaded once
  synchronize();
  const auto start = Clock::now();
  enqueue_work();
  synchronize();
  const double alone = since(start);

  const auto clock = make_phase_clock(device());
  clock->begin(Phase::compute);
  enqueue_work();
  clock->begin(Phase::optimizer);
  clock->end_step();
  synchronize();
  const PhaseSeconds seconds = clock->take();
  EXPECT_GT(of(seconds, Phase::compute), 0.5 * alone);
  EXPECT_LT(of(seconds, Phase::compute), 2 * alone);
  EXPECT_LT(of(seconds, Phase::optimizer), 0.1 * alone);
  EXPECT_EQ(of(seconds, Phase::communication), 0);
  EXPECT_EQ(of(clock->take(), Phase::compute), 0) << "taken once";
}

TEST_F(GpuPhases, CountWaitingForDataOnlyWhileTheGpuWaits) {
  enqueue_work();
  synchronize();
  const auto start = Clock::now();
  enqueue_work();
  synchronize();
  const double work = since(start);

  const auto clock = make_phase_clock(device());
  // Idle GPU: the host's wait is the GPU's.
  clock->begin(Phase::data);
  spend(0.05);
  clock->begin(Phase::compute);
  clock->end_step();
  synchronize();
  const double exposed = of(clock->take(), Phase::data);
  EXPECT_GT(exposed, 0.045);
  EXPECT_LT(exposed, 0.5);

  // Busy GPU: a shorter wait hides behind the step before.
  clock->begin(Phase::compute);
  enqueue_work();
  clock->end_step();
  clock->begin(Phase::data);
  spend(work / 4);
  clock->begin(Phase::compute);
  clock->end_step();
  synchronize();
  const PhaseSeconds hidden = clock->take();
  EXPECT_LT(of(hidden, Phase::data), work / 8);
  EXPECT_GT(of(hidden, Phase::compute), work / 2);
}

}  // namespace
}  // namespace convoy
