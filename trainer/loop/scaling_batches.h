#pragma once
// What the steps of a measurement are fed with.

#include <memory>

#include "data/loader/loader.h"
#include "trainer/loop/feed.h"
#include "trainer/loop/scaling_load.h"
#include "trainer/loop/training_parts.h"

namespace convoy {

/// This rank's batches of one series on one world: from a loader as a run has
/// it, or the same gray pictures again and again.
class ScalingBatches {
 public:
  /// `steps`: so many batches will be asked for. All but `load` outlive it.
  /// REQUIRES a sample for each rank.
  ScalingBatches(
      ScalingData kind,
      const StepLoad& load,
      std::int64_t steps,
      const Config& config,
      const RunData& data,
      const World& world);

  /// Throws what loading throws.
  DeviceBatch next();

  const StepLoad& load() const { return load_; }

 private:
  void make_pictures(const Config& config, int classes, const World& world);
  void open_loader(
      const Config& config,
      const RunData& data,
      std::int64_t steps,
      const World& world);

  StepLoad load_;
  DeviceBatch pictures_;
  std::unique_ptr<Loader> loader_;
  std::unique_ptr<Feed> feed_;
};

}  // namespace convoy
