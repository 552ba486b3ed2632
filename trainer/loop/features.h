#pragma once
// What the frozen part of a network makes of each picture, computed once: when
// the head alone is trained and nothing is drawn before it, every epoch would
// compute the same.

#include <ATen/core/Tensor.h>

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "data/loader/batches.h"
#include "distributed/world.h"
#include "trainer/loop/blocks.h"
#include "trainer/loop/model.h"
#include "trainer/loop/precision.h"

namespace convoy {

/// The features of all samples of a dataset, on every rank.
class Features {
 public:
  /// Computes them in fixed blocks, the ranks' parts side by side, and
  /// exchanges them: the same bits on any number of ranks and threads.
  /// Collective. Nothing when a sample can't be read and input.bad_samples is
  /// not `stop`. `progress` hears how many of this rank's samples are done, on
  /// one thread at a time. Throws what for_each_block() throws; AgreedFailure
  /// when memory does not suffice.
  static std::optional<Features> compute(
      const BlockInput& input,
      const Model& model,
      Precision precision,
      World& world,
      const std::function<void(std::int64_t)>& progress = nullptr);

  /// A batch of these samples (int64 [N], indices in the dataset, which become
  /// its keys too), in this order.
  DeviceBatch take(const at::Tensor& samples) const;

 private:
  Features(std::int64_t samples, const at::Tensor& example);
  void put(const DeviceBatch& batch, const at::Tensor& features);
  void broadcast(const Share& samples, int root, World& world);

  /// Of one sample, [C, H, W] or [C].
  std::vector<std::int64_t> shape_;
  bool channels_last_;
  at::Tensor rows_;    ///< [samples, values of one], as they lie in memory
  at::Tensor labels_;  ///< int64 [samples]
};

/// A rank's batches made of features: those of `source`, from `first` to before
/// `end`. `features` outlives it.
class FeatureFeed final : public BatchFeed {
 public:
  FeatureFeed(
      const Features& features,
      BatchSource source,
      std::uint64_t first,
      std::uint64_t end)
      : features_(features),
        source_(std::move(source)),
        next_(first),
        end_(end) {}

  std::optional<DeviceBatch> next() override;

 private:
  const Features& features_;
  BatchSource source_;
  std::uint64_t next_;
  std::uint64_t end_;
};

}  // namespace convoy
