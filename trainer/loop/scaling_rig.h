#pragma once
// Training as it would run on one world, with a clock around some of its steps.

#include <cstdint>
#include <memory>

#include "trainer/config/batch_sizes.h"
#include "trainer/loop/feed.h"
#include "trainer/loop/model.h"
#include "trainer/loop/phases.h"
#include "trainer/loop/scaling.h"
#include "trainer/loop/train_step.h"

namespace convoy {

/// How each rank is loaded, whatever the world it is measured in.
struct RankLoad {
  std::int64_t share = 0;  ///< samples of a step
  std::int64_t micro = 0;  ///< of which at most so many at once
};

class ScalingRig {
 public:
  /// Every rank of `world` makes one together; options, subject and world
  /// outlive it.
  ScalingRig(
      const ScalingOptions& options,
      const ScalingSubject& subject,
      World& world,
      Model model);

  /// Images a second of one repeat, over all ranks of the world. Collective.
  /// Throws what a training step throws.
  double measure(const std::function<void()>& after_step);

  /// Seconds of a step by phase, mean over this world's ranks and all repeats.
  /// Collective.
  PhaseSeconds phases();

  /// Of a step of these phases: when its buckets were ready on this rank.
  StepProfile profile(const PhaseSeconds& phases) const;

 private:
  void make_pictures(const ScalingSubject& subject);
  void open_loader(const ScalingSubject& subject);
  void take_step();
  void finish_work();
  void add_phases();

  const ScalingOptions& options_;
  World& world_;
  RankLoad load_;
  Model model_;
  TrainStep step_;
  std::unique_ptr<PhaseClock> clock_;
  DeviceBatch pictures_;
  std::unique_ptr<Loader> loader_;
  std::unique_ptr<Feed> feed_;
  std::int64_t steps_ = 0;
  PhaseSeconds phases_{};
  std::int64_t timed_steps_ = 0;
};

/// The load of each rank when the config trains on `world_size` ranks.
RankLoad rank_load(const Config& config, int world_size);

}  // namespace convoy
