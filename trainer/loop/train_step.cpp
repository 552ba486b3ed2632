#include "trainer/loop/train_step.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <string_view>

#include "distributed/probe.h"
#include "distributed/replicate.h"
#include "trainer/config/batch_sizes.h"
#include "trainer/health/memory.h"
#include "trainer/loop/metrics.h"
#include "trainer/loop/sharded_optimizer.h"
#include "trainer/loop/training_parts.h"
#include "trainer/loop/training_rules.h"

namespace convoy {
namespace {

std::vector<NamedParameter> named_parameters(const Model& model) {
  std::vector<NamedParameter> all;
  for (const NamedTensor& entry : model.trained()) {
    all.push_back({entry.name, entry.tensor});
  }
  return all;
}

/// The model's tensors as rank 0 has them; passes the model through so that
/// this happens before the reducer takes the buffers.
Model& broadcast_model(Model& model, World& world) {
  const c10::NoGradGuard guard;
  std::vector<at::Tensor> all;
  for (const NamedTensor& entry : model.state()) {
    all.push_back(entry.tensor.detach());
  }
  broadcast_state(all, world.gradients());
  return model;
}

}  // namespace

TrainStep::TrainStep(
    const Config& config,
    Precision precision,
    Model& model,
    World& world,
    const at::Tensor& class_weights)
    : config_(config),
      precision_(precision),
      clip_norm_(config.optimizer.clip_norm),
      objective_(config.loss, model, class_weights),
      micro_(config.batch.micro),
      seed_(config.run.seed),
      model_(broadcast_model(model, world)),
      world_(world),
      all_reduce_cost_(measure_all_reduce(
          world.gradients(), world.control(), world.device())),
      bucket_mb_(
          config.distributed.bucket_mb > 0 ? config.distributed.bucket_mb
                                           : bucket_mb_for(all_reduce_cost_)) {
  attach();
  const int together = batch_norm_ranks(config, world.size());
  if (together > 1 && model.facts().batch_norm) {
    sum_over_group_ = [group = world.group(together)](const at::Tensor& t) {
      group->all_reduce(t)->wait();
    };
  }
  if (config.optimizer.ema_decay > 0) {
    ema_.emplace(model, config.optimizer.ema_decay);
  }
}

/// Puts gradients and statistics into the reducer's arenas; the optimizer takes
/// the gradients from there.
void TrainStep::attach() {
  const bool sharded = shards_optimizer(config_, world_);
  optimizer_.reset();
  shards_.reset();
  reducer_.reset();  // its hooks go before the next one's come
  reducer_.emplace(
      named_parameters(model_),
      model_.statistics(),
      world_.gradients(),
      ReducerOptions{
          .bucket_mb = bucket_mb_,
          .first_bucket_mb = config_.distributed.first_bucket_mb,
          .rounds = sharing_ranks(config_, world_.size()) / world_.size(),
          .sums = sums_of(config_, world_)});
  if (sharded) {
    shards_.emplace(*reducer_, world_.gradients());
  }
  auto rules = training_rules(model_, config_);
  optimizer_ = sharded ? make_sharded_optimizer(
                             config_.optimizer, std::move(rules), *shards_)
                       : make_optimizer(config_.optimizer, std::move(rules));
}

void TrainStep::adopt_buckets(
    const std::vector<std::string>& order, double bucket_mb) {
  if (config_.distributed.bucket_mb == 0 && bucket_mb > 0) {
    bucket_mb_ = bucket_mb;
    attach();
  }
  reducer_->adopt_order(order);
}

void TrainStep::train_more() {
  const std::vector<NamedTensor> before = optimizer_->state();
  attach();
  optimizer_->load(before);
}

std::int64_t TrainStep::parts_of(std::int64_t global_batch) const {
  const std::int64_t ranks = sharing_ranks(config_, world_.size());
  const std::int64_t largest_share = (global_batch + ranks - 1) / ranks;
  return micro_ > 0 ? micro_batches(largest_share, micro_) : 1;
}

at::Tensor TrainStep::run(
    const DeviceBatch& batch, const StepInput& input, PhaseClock& clock) {
  const auto begin = [&](Phase phase) {
    clock.begin(phase);
    world_.note(input.step + 1, name_of(phase));
  };
  begin(Phase::compute);
  reducer_->zero_grad();
  const at::Tensor buffers_before = reducer_->buffers().save();
  // loss, top1, top5, samples, differing; stop.
  at::Tensor sums = at::zeros({6}, batch.images.options().dtype(at::kDouble));
  at::Tensor own_loss = at::zeros({1}, sums.options());
  std::int64_t from = 0;
  for (const Share& share : shares_of_rank(
           static_cast<std::uint64_t>(input.global_batch),
           place_of(config_, world_))) {
    begin(Phase::compute);
    const auto samples = static_cast<std::int64_t>(share.size());
    const at::Tensor figures =
        take_round(batch.narrow(from, samples), input, /*counted=*/from > 0);
    from += samples;
    sums.narrow(0, 0, 5).add_(figures);
    own_loss.add_(figures.narrow(0, 0, 1));
    begin(Phase::communication);
    if (input.stop && from == batch.size()) {
      sums[5].add_(1);
    }
    reducer_->finish(sums);
  }
  const c10::NoGradGuard guard;
  begin(Phase::optimizer);
  const at::Tensor verdict = unscale_and_clip(sums, input.loss_scale);
  const at::Tensor found_inf = verdict[1].to(at::kFloat);
  reducer_->buffers().restore(buffers_before, found_inf);
  optimizer_->step(input.lr, found_inf);
  reducer_->gradients().release();
  if (shards_) {
    begin(Phase::communication);
    shards_->gather();
    begin(Phase::optimizer);
  }
  if (ema_) {
    ema_->update(input.step, found_inf);
  }
  clock.end_step();
  return at::cat(
      {sums.narrow(0, 0, 4),
       sums.narrow(0, 5, 1),
       verdict,
       own_loss,
       sums.narrow(0, 4, 1)});
}

/// Forward and backward of a share. As accumulate(), summed.
at::Tensor TrainStep::take_round(
    const DeviceBatch& share, const StepInput& input, bool counted) {
  first_scores_.reset();
  at::Tensor figures =
      at::zeros({5}, share.images.options().dtype(at::kDouble));
  const std::int64_t parts = parts_of(input.global_batch);
  for (std::int64_t i = 0; i < parts; ++i) {
    const std::int64_t from = share.size() * i / parts;
    const std::int64_t to = share.size() * (i + 1) / parts;
    if (from == to) {
      continue;  // one sample fewer than the largest share; never the last part
    }
    figures.add_(accumulate(
        share.narrow(from, to - from), input, {i + 1 == parts, counted}));
  }
  return figures;
}

at::Tensor TrainStep::accumulate(
    const DeviceBatch& micro, const StepInput& input, const MicroBatch& turn) {
  reducer_->begin_backward(turn.last);
  const Pass pass{
      .training = true,
      .counted = turn.counted,
      .keys = {.seed = seed_, .step = input.step, .samples = micro.samples},
      .sum_over_ranks =
          sum_over_group_ && !turn.alone ? &sum_over_group_ : nullptr};
  Logits all;
  {
    const AutocastScope autocast(precision_, model_.device());
    all = micro.are_features
              ? Logits{model_.two_parts()->classify(micro.images, pass), {}}
              : model_.net().logits(micro.images, pass);
  }
  const at::Tensor& logits = all.main;
  peak_memory_ = std::max(peak_memory_, resident_memory());
  const at::Tensor losses = objective_.losses(logits, micro);
  objective_.total(losses, all.auxiliary, micro)
      .mul(input.loss_scale / static_cast<double>(input.global_batch))
      .backward();
  const c10::NoGradGuard guard;
  const at::Tensor ranks = label_ranks(logits, micro.labels);
  return at::stack(
      {losses.sum(at::kDouble),
       ranks.lt(1).sum().to(at::kDouble),
       ranks.lt(5).sum().to(at::kDouble),
       losses.new_full({}, micro.size(), at::kDouble),
       count_differing(logits)});
}

at::Tensor TrainStep::count_differing(const at::Tensor& logits) {
  if (!first_scores_.defined()) {
    first_scores_ = logits.detach()[0].clone();
  }
  return logits.detach().ne(first_scores_).any(1).sum().to(at::kDouble);
}

/// The gradient's norm before clipping, and 1 where it or the loss is not
/// finite. Both come from reduced values, so every rank decides alike.
at::Tensor TrainStep::unscale_and_clip(
    const at::Tensor& sums, double loss_scale) {
  if (loss_scale != 1) {
    reducer_->gradients().scale(sums.new_full({}, 1 / loss_scale));
  }
  const at::Tensor norm = reducer_->gradients().norm();
  if (clip_norm_ > 0) {
    // The formula of PyTorch's clip_grad_norm_. A norm that is not finite skips
    // the update anyhow.
    const at::Tensor factor =
        norm.add(1e-6).reciprocal().mul(clip_norm_).clamp_max(1);
    reducer_->gradients().scale(factor);
  }
  const at::Tensor bad =
      norm.isfinite().logical_and_(sums[0].isfinite()).logical_not_();
  return at::stack({norm, bad.to(at::kDouble)});
}

bool TrainStep::fits(const DeviceBatch& batch, std::int64_t samples) {
  const StepInput trial{.global_batch = samples};
  try {
    accumulate(batch.narrow(0, samples), trial, {.last = false, .alone = true});
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

std::vector<NamedTensor> TrainStep::state() const {
  std::vector<NamedTensor> all;
  for (const NamedTensor& entry : model_.state()) {
    all.push_back({"net." + entry.name, entry.tensor, entry.is_parameter});
  }
  for (const NamedTensor& entry : optimizer_->state()) {
    all.push_back({"optimizer." + entry.name, entry.tensor, false});
  }
  if (ema_) {
    const auto average = ema_->state();
    all.insert(all.end(), average.begin(), average.end());
  }
  return all;
}

void TrainStep::load(const std::vector<NamedTensor>& state) {
  constexpr std::string_view kPrefix = "optimizer.";
  std::vector<NamedTensor> own;
  for (const NamedTensor& entry : state) {
    if (entry.name.starts_with(kPrefix)) {
      own.push_back({entry.name.substr(kPrefix.size()), entry.tensor, false});
    }
  }
  optimizer_->load(own);
}

}  // namespace convoy
