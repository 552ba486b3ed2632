#include "data/loader/batches.h"

#include <algorithm>
#include <utility>

#include "data/loader/order.h"

namespace convoy {

Share share_of(Share whole, std::uint64_t parts, std::uint64_t part) {
  const std::uint64_t least = whole.size() / parts;
  const std::uint64_t larger = whole.size() % parts;
  const std::uint64_t begin =
      whole.begin + part * least + std::min(part, larger);
  return {begin, begin + least + (part < larger ? 1 : 0)};
}

std::vector<Share> parts_of_rank(const RankParts& options) {
  const Share own =
      share_of({0, options.global_batch}, options.world_size, options.rank);
  std::vector<Share> parts;
  for (std::uint64_t i = 0; i < options.micro_batches; ++i) {
    parts.push_back(share_of(own, options.micro_batches, i));
  }
  return parts;
}

std::uint64_t TrainingOrder::steps_per_epoch() const {
  const std::uint64_t full = samples / global_batch;
  const bool rest = samples % global_batch != 0;
  return full + (tail == Tail::wrap && rest ? 1 : 0);
}

std::uint32_t TrainingOrder::epoch_of(std::uint64_t step) const {
  return static_cast<std::uint32_t>(step / steps_per_epoch());
}

std::vector<SampleRef> TrainingOrder::at(std::uint64_t step, Share part) const {
  const std::uint32_t epoch = epoch_of(step);
  const std::uint64_t first = step % steps_per_epoch() * global_batch;
  const EpochOrder order(seed, epoch, samples);
  std::vector<SampleRef> refs;
  refs.reserve(part.size());
  for (std::uint64_t i = part.begin; i < part.end; ++i) {
    refs.push_back({order.at((first + i) % samples), epoch});
  }
  return refs;
}

BatchSource training_source(
    const TrainingOrder& order, std::vector<Share> parts) {
  return [order, parts = std::move(parts)](std::uint64_t batch) {
    return order.at(batch / parts.size(), parts[batch % parts.size()]);
  };
}

std::uint64_t EvaluationBlocks::blocks() const {
  return (samples + block - 1) / block;
}

std::uint64_t EvaluationBlocks::blocks_of_rank() const {
  return share_of({0, blocks()}, world_size, rank).size();
}

Share EvaluationBlocks::at(std::uint64_t batch) const {
  const std::uint64_t begin = (batch * world_size + rank) * block;
  return {begin, std::min(begin + block, samples)};
}

BatchSource evaluation_source(const EvaluationBlocks& blocks) {
  return [blocks](std::uint64_t batch) {
    std::vector<SampleRef> refs;
    const Share share = blocks.at(batch);
    for (std::uint64_t i = share.begin; i < share.end; ++i) {
      refs.push_back({i, 0});
    }
    return refs;
  };
}

}  // namespace convoy
