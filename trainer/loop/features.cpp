#include "trainer/loop/features.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <span>

#include "trainer/errors.h"
#include "trainer/health/agree.h"
#include "trainer/health/memory.h"
#include "trainer/loop/feature_plan.h"

namespace convoy {
namespace {

Share samples_of_blocks(
    const Share& blocks, std::uint64_t block, std::uint64_t samples) {
  return {
      std::min(blocks.begin * block, samples),
      std::min(blocks.end * block, samples)};
}

/// Block number i of a rank whose blocks are `mine`.
BatchSource blocks_in_a_row(
    const Share& mine, std::uint64_t block, std::uint64_t samples) {
  return [=](std::uint64_t i) {
    const Share part =
        samples_of_blocks({mine.begin + i, mine.begin + i + 1}, block, samples);
    std::vector<SampleRef> refs;
    for (std::uint64_t s = part.begin; s < part.end; ++s) {
      refs.push_back({s, 0});
    }
    return refs;
  };
}

void require_feature_memory(std::int64_t bytes, const World& world) {
  const std::int64_t room = available_memory() / world.local_size();
  if (bytes > room && world.device().is_cpu()) {
    throw OutOfMemory(fmt::format(
        "out of memory: what the frozen part of the network makes of all "
        "training pictures wants {:.0f} MB a rank, and {:.0f} MB are left for "
        "it; set fine_tune.cache_mb=0, and it is computed at every step",
        static_cast<double>(bytes) / 1e6,
        static_cast<double>(room) / 1e6));
  }
}

}  // namespace

Features::Features(std::int64_t samples, const at::Tensor& example)
    : shape_(example.sizes().begin() + 1, example.sizes().end()),
      channels_last_(example.dim() == 4 && !example.is_contiguous()),
      rows_(at::empty(
          {samples, example.numel() / example.size(0)}, example.options())),
      labels_(at::empty({samples}, example.options().dtype(at::kLong))) {}

std::optional<Features> Features::compute(
    const BlockInput& input,
    const Model& model,
    Precision precision,
    World& world,
    const std::function<void(std::int64_t)>& progress) {
  const std::uint64_t samples = input.dataset.size();
  const auto block = static_cast<std::uint64_t>(input.block);
  const auto ranks = static_cast<std::uint64_t>(world.size());
  const Share all{0, (samples + block - 1) / block};
  const auto part = [&](int rank) {
    return share_of(all, ranks, static_cast<std::uint64_t>(rank));
  };
  const at::Tensor example = example_features(model, precision, input.shape);
  std::optional<Features> features;
  agreed(world.control(), world.host(), [&] {
    require_feature_memory(
        feature_bytes(example) * static_cast<std::int64_t>(samples), world);
    features = Features(static_cast<std::int64_t>(samples), example);
  });
  const TwoPartNet& net = *model.two_parts();
  std::mutex mutex;
  std::int64_t done = 0;
  const auto bad = for_each_block(
      input,
      model.device(),
      blocks_in_a_row(part(world.rank()), block, samples),
      part(world.rank()).size(),
      [&](const DeviceBatch& batch) {
        const AutocastScope autocast(precision, model.device());
        features->put(batch, net.features(batch.images, Pass{}));
        const std::lock_guard lock(mutex);
        done += batch.size();
        if (progress) {
          progress(done);
        }
      });
  std::array<std::int64_t, 1> refused{static_cast<std::int64_t>(bad.size())};
  world.control().all_reduce(std::span(refused));
  if (refused[0] > 0) {
    return std::nullopt;
  }
  for (int rank = 0; rank < world.size(); ++rank) {
    features->broadcast(
        samples_of_blocks(part(rank), block, samples), rank, world);
  }
  return features;
}

void Features::put(const DeviceBatch& batch, const at::Tensor& features) {
  const at::Tensor laid_out =
      channels_last_ ? features.permute({0, 2, 3, 1}) : features;
  // Blocks are samples in a row.
  const auto begin = batch.samples[0].item<std::int64_t>();
  const std::int64_t count = batch.size();
  rows_.narrow(0, begin, count).copy_(laid_out.reshape({count, -1}));
  labels_.narrow(0, begin, count).copy_(batch.labels);
}

void Features::broadcast(const Share& samples, int root, World& world) {
  const auto begin = static_cast<std::int64_t>(samples.begin);
  const auto count = static_cast<std::int64_t>(samples.size());
  if (count > 0 && world.size() > 1) {
    world.gradients().broadcast(rows_.narrow(0, begin, count), root);
    world.gradients().broadcast(labels_.narrow(0, begin, count), root);
  }
}

DeviceBatch Features::take(const at::Tensor& samples) const {
  const at::Tensor ids = samples.to(rows_.device());
  std::vector<std::int64_t> shape{ids.size(0)};
  if (channels_last_) {
    shape.insert(shape.end(), {shape_[1], shape_[2], shape_[0]});
  } else {
    shape.insert(shape.end(), shape_.begin(), shape_.end());
  }
  at::Tensor features = rows_.index_select(0, ids).view(shape);
  if (channels_last_) {
    features = features.permute({0, 3, 1, 2});
  }
  return {features, labels_.index_select(0, ids), ids, true};
}

std::optional<DeviceBatch> FeatureFeed::next() {
  if (next_ == end_) {
    return std::nullopt;
  }
  const std::vector<SampleRef> refs = source_(next_);
  const at::Tensor indices =
      at::empty({static_cast<std::int64_t>(refs.size())}, at::kLong);
  const at::Tensor ids = at::empty_like(indices);
  for (std::size_t i = 0; i < refs.size(); ++i) {
    const auto id = static_cast<std::int64_t>(refs[i].id());
    indices.mutable_data_ptr<std::int64_t>()[i] =
        static_cast<std::int64_t>(refs[i].index);
    ids.mutable_data_ptr<std::int64_t>()[i] = id;
    note_sample(next_, id);
  }
  ++next_;
  DeviceBatch batch = features_.take(indices);
  batch.samples = ids.to(batch.samples.device());
  return batch;
}

}  // namespace convoy
