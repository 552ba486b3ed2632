#pragma once
// Training as it would run on one world, with a clock around some of its steps.

#include <cstdint>
#include <functional>
#include <memory>

#include "trainer/loop/model.h"
#include "trainer/loop/phases.h"
#include "trainer/loop/scaling_batches.h"
#include "trainer/loop/scaling_repeat.h"
#include "trainer/loop/train_step.h"

namespace convoy {

class ScalingRig {
 public:
  /// Every rank of `world` makes one together; config and world outlive it.
  ScalingRig(const Config& config, World& world, Model model);

  /// Takes `warmup` steps, then `steps` by the clock. The same on every rank,
  /// but for the profile, which is this rank's. Collective. Throws what a
  /// training step throws.
  Repeat measure(
      ScalingBatches& batches,
      int warmup,
      int steps,
      const std::function<void()>& after_step);

  const AllReduceCost& all_reduce_cost() const {
    return step_.all_reduce_cost();
  }

 private:
  void take_step(ScalingBatches& batches);
  void finish_work();
  std::vector<RankSteps> gather_steps(int steps);

  World& world_;
  Model model_;
  TrainStep step_;
  std::unique_ptr<PhaseClock> clock_;
  at::Tensor figures_;  ///< of the last step, on the device
  std::int64_t steps_ = 0;
};

}  // namespace convoy
