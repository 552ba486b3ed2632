#include "distributed/sharded_parameters.h"

#include <ATen/ops/zeros_like.h>

#include <memory>
#include <utility>

namespace convoy {
namespace {

at::Tensor flat(const at::Tensor& arena, const Shard& shard) {
  return arena.narrow(0, shard.begin, shard.end - shard.begin);
}

}  // namespace

ShardedParameters::ShardedParameters(
    const Reducer& reducer, Communicator& communicator)
    : plan_(reducer.plan()), communicator_(communicator) {
  for (const NamedParameter& parameter : reducer.parameters()) {
    parameters_.push_back(parameter.tensor);
  }
  if (parameters_.empty()) {
    return;
  }
  values_ = communicator.allocate(
      plan_.length, parameters_.front().options().requires_grad(false));
  std::vector<std::int64_t> elements;
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    const at::Tensor place = in_arena(values_, p);
    place.copy_(parameters_[p].detach());
    parameters_[p].set_data(place);
    elements.push_back(parameters_[p].numel());
  }
  shards_ =
      shards_of(plan_, elements, communicator.rank(), communicator.size());
  for (const Shard& shard : shards_) {
    own_.push_back(
        {static_cast<std::size_t>(shard.parameter),
         flat(values_, shard),
         flat(reducer.gradients().flat(), shard)});
  }
}

at::Tensor ShardedParameters::in_arena(
    const at::Tensor& arena, std::size_t parameter) const {
  const at::Tensor& like = parameters_[parameter];
  return arena.as_strided(
      like.sizes(), like.strides(), plan_.offsets[parameter]);
}

void ShardedParameters::gather(const at::Tensor& arena) const {
  std::vector<std::unique_ptr<Work>> works;
  for (const Bucket& bucket : plan_.buckets) {
    works.push_back(communicator_.all_gather(
        arena.narrow(0, bucket.offset, bucket.length)));
  }
  for (const auto& work : works) {
    work->wait();
  }
}

std::vector<at::Tensor> ShardedParameters::gather(
    const std::vector<at::Tensor>& own) const {
  if (parameters_.empty()) {
    return {};
  }
  const at::Tensor arena = at::zeros_like(values_);
  for (std::size_t s = 0; s < shards_.size(); ++s) {
    flat(arena, shards_[s]).copy_(own[s]);
  }
  gather(arena);
  std::vector<at::Tensor> whole;
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    whole.push_back(in_arena(arena, p));
  }
  return whole;
}

std::vector<at::Tensor> ShardedParameters::own_of(
    const std::vector<at::Tensor>& whole) const {
  if (parameters_.empty()) {
    return {};
  }
  const at::Tensor arena = at::zeros_like(values_);
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    in_arena(arena, p).copy_(whole[p]);
  }
  std::vector<at::Tensor> own;
  for (const Shard& shard : shards_) {
    own.push_back(flat(arena, shard));
  }
  return own;
}

}  // namespace convoy
