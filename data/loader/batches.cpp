#include "data/loader/batches.h"

#include <algorithm>
#include <utility>

#include "data/augment/random.h"
#include "data/loader/order.h"

namespace convoy {

namespace {

constexpr std::uint32_t kPartnerTries = 16;

/// The samples of an epoch by position, the copies of each next to each other.
class EpochSamples {
 public:
  EpochSamples(const TrainingOrder& order, std::uint32_t epoch)
      : order_(order),
        epoch_(epoch),
        shown_((order.samples + order.repeats - 1) / order.repeats),
        // Of all samples, 1 in `repeats` is shown; of classes' turns, all are.
        places_(order.seed, epoch, order.classes ? shown_ : order.samples) {}

  SampleRef at(std::uint64_t position) const {
    const std::uint64_t place = places_.at(position / order_.repeats);
    const std::uint64_t copy = position % order_.repeats;
    if (!order_.classes) {
      return {place, epoch_, static_cast<std::uint32_t>(copy)};
    }
    const auto turn = order_.classes->at(order_.seed, epoch_ * shown_, place);
    return {
        turn.index,
        epoch_,
        static_cast<std::uint32_t>(turn.round * order_.repeats + copy)};
  }

 private:
  const TrainingOrder& order_;
  std::uint32_t epoch_;
  std::uint64_t shown_;
  EpochOrder places_;
};

/// A batch takes its samples from a list where a sample's copies are next to
/// each other: the place in that list of the batch's i-th sample. First come
/// all first copies, then all second ones.
std::uint64_t place_in_list(
    std::uint64_t i, std::uint64_t batch, std::uint64_t repeats) {
  std::uint64_t copy = 0;
  Share those = share_of({0, batch}, repeats, copy);
  while (i >= those.end) {
    those = share_of({0, batch}, repeats, ++copy);
  }
  return (i - those.begin) * repeats + copy;
}

}  // namespace

Share share_of(Share whole, std::uint64_t parts, std::uint64_t part) {
  const std::uint64_t least = whole.size() / parts;
  const std::uint64_t larger = whole.size() % parts;
  const std::uint64_t begin =
      whole.begin + part * least + std::min(part, larger);
  return {begin, begin + least + (part < larger ? 1 : 0)};
}

std::vector<Share> shares_of_rank(
    std::uint64_t global_batch, const RankPlace& place) {
  std::vector<Share> shares;
  for (std::uint64_t v = place.rank; v < place.virtual_ranks;
       v += place.world_size) {
    shares.push_back(share_of({0, global_batch}, place.virtual_ranks, v));
  }
  return shares;
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
  const EpochSamples shown(*this, epoch);
  std::vector<SampleRef> refs;
  refs.reserve(part.size());
  for (std::uint64_t i = part.begin; i < part.end; ++i) {
    const std::uint64_t place = place_in_list(i, global_batch, repeats);
    refs.push_back(shown.at((first + place) % samples));
  }
  return refs;
}

SampleRef TrainingOrder::sample(
    std::uint32_t epoch, std::uint64_t position) const {
  return EpochSamples(*this, epoch).at(position);
}

BatchSource training_source(
    const TrainingOrder& order, std::vector<Share> parts) {
  return [order, parts = std::move(parts)](std::uint64_t step) {
    std::vector<SampleRef> refs;
    for (const Share& part : parts) {
      const std::vector<SampleRef> more = order.at(step, part);
      refs.insert(refs.end(), more.begin(), more.end());
    }
    return refs;
  };
}

PartnerSource partner_source(const TrainingOrder& order) {
  return [order](const SampleRef& ref) {
    const DrawKey key{order.seed, ref.epoch, ref.id()};
    SampleRef partner = ref;
    for (std::uint32_t i = 0; i < kPartnerTries && partner.index == ref.index;
         ++i) {
      const DrawBlock block(key, Draw::mix_partner, i);
      partner = order.sample(ref.epoch, block.bits64() % order.samples);
    }
    return partner;
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
