#pragma once
// Which samples make which batch: pure functions of a batch's number. The
// global batch of a step is one list of samples whatever the number of ranks;
// shares are contiguous parts of it.

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "data/loader/class_turns.h"
#include "data/options.h"

namespace convoy {

/// A sample on its way through an epoch.
struct SampleRef {
  std::uint64_t index = 0;  ///< in the dataset, below 2^40
  std::uint32_t epoch = 0;
  std::uint32_t copy = 0;  ///< 1, 2, ...: it comes again, with other draws

  /// Together with seed and epoch the key of its draws; of the first copy, its
  /// index.
  std::uint64_t id() const { return index | std::uint64_t{copy} << 40; }
};

/// Positions [begin, end).
struct Share {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  std::uint64_t size() const { return end - begin; }
};

/// Part `part` of `whole` cut into `parts` pieces whose sizes differ by one at
/// most, the larger ones first. REQUIRES part < parts.
Share share_of(Share whole, std::uint64_t parts, std::uint64_t part);

/// Who trains on what: a global batch is cut into a share for each of
/// `virtual_ranks`, and rank r of `world_size` stands for the virtual ranks r,
/// r + world_size, ... Without virtual ranks those are the ranks themselves.
struct RankPlace {
  std::uint64_t world_size = 1;
  std::uint64_t rank = 0;
  std::uint64_t virtual_ranks = 1;  ///< a multiple of world_size
};

/// The rank's shares of a global batch, one for each virtual rank that it
/// stands for. Some are empty when there are fewer samples than virtual ranks.
std::vector<Share> shares_of_rank(
    std::uint64_t global_batch, const RankPlace& place);

/// The training samples of a run, step by step.
struct TrainingOrder {
  std::uint64_t samples = 0;       ///< in the dataset, at least 1
  std::uint64_t global_batch = 0;  ///< samples in a step, at least 1
  Tail tail = Tail::wrap;
  std::uint64_t seed = 0;
  /// Each sample of an epoch comes this many times, its copies apart from each
  /// other in one global batch, so that ranks and micro-batches share them
  /// (Hoffer et al., "Augment your batch", CVPR 2020).
  std::uint64_t repeats = 1;
  /// As many samples of each class; null: of all samples alike.
  std::shared_ptr<const ClassTurns> classes = nullptr;

  /// wrap: rounded up. drop: rounded down, 0 when there are fewer samples than
  /// a batch.
  std::uint64_t steps_per_epoch() const;

  /// The epoch of a step, counted from the start of the run. REQUIRES steps in
  /// an epoch.
  std::uint32_t epoch_of(std::uint64_t step) const;

  /// The sample at a position of an epoch: the same ones as at() gives, in
  /// another order within their batch. REQUIRES position < samples.
  SampleRef sample(std::uint32_t epoch, std::uint64_t position) const;

  /// The samples at positions `part` of the step's global batch. With
  /// Tail::wrap the epoch's last batch is filled up with its first samples,
  /// from which it differs in nothing: a sample that comes again this way has
  /// the same draws.
  std::vector<SampleRef> at(std::uint64_t step, Share part) const;
};

/// The samples of batch number b, for a Loader. Thread-safe.
using BatchSource = std::function<std::vector<SampleRef>(std::uint64_t)>;

/// Batch number `step` is these parts of the step's global batch, one behind
/// the other.
BatchSource training_source(
    const TrainingOrder& order, std::vector<Share> parts);

/// The sample that another one is mixed with. Thread-safe.
using PartnerSource = std::function<SampleRef(const SampleRef&)>;

/// Any sample of the epoch with another index, all equally likely: a function
/// of the sample's epoch and id. When there seems to be no other, the sample
/// itself.
PartnerSource partner_source(const TrainingOrder& order);

/// Evaluation in fixed blocks of consecutive samples, so that figures do not
/// depend on the number of ranks: block k goes to rank k mod world_size, the
/// last may be short.
struct EvaluationBlocks {
  std::uint64_t samples = 0;
  std::uint64_t block = 1;  ///< samples in a block, at least 1
  std::uint64_t world_size = 1;
  std::uint64_t rank = 0;

  std::uint64_t blocks() const;          ///< of all ranks
  std::uint64_t blocks_of_rank() const;  ///< the batches of evaluation_source
  Share at(std::uint64_t batch) const;   ///< sample indices of the rank's batch
};

/// Batch number i is the rank's i-th block. Epoch is 0: evaluation draws
/// nothing.
BatchSource evaluation_source(const EvaluationBlocks& blocks);

}  // namespace convoy
