#include "trainer/config/validate.h"

#include "data/loader/batches.h"
#include "distributed/errors.h"
#include "nets/registry.h"
#include "trainer/config/batch_sizes.h"
#include "trainer/config/problems.h"
#include "trainer/loop/schedule.h"
#include "trainer/loop/unfreezing.h"

namespace convoy {
namespace {

/// The key that says how many samples a step has.
const char* batch_key(const BatchOptions& batch) {
  return batch.global > 0 ? "batch.global" : "batch.per_rank";
}

/// Whether batch norm takes its statistics from a batch.
bool batch_norm_learns(const Config& c) {
  const NetEntry* entry = try_find_net(c.net.name);
  const bool is_frozen =
      c.fine_tune.freeze_batch_norm ||
      (c.fine_tune.mode == FineTuneMode::head && c.fine_tune.unfreeze.empty());
  return entry != nullptr && entry->facts.batch_norm && !is_frozen;
}

void check_shares(const Config& c, int ranks, Problems& problems) {
  const BatchPlanSizes batch = batch_sizes(c.batch, ranks);
  if (batch.global == 0) {
    return;  // told already
  }
  problems.require(
      batch.global >= ranks,
      {"batch.global"},
      "{} samples for {} ranks; want at least one for each",
      batch.global,
      ranks);
  const int together = batch_norm_ranks(c, ranks);
  problems.require(
      !batch_norm_learns(c) || batch.global < ranks ||
          (batch.smallest_micro >= 1 && batch.smallest_micro * together >= 2),
      {batch_key(c.batch), "batch.micro", "net.name"},
      "{} over {} ranks in micro-batches of at most {} gives batch norm a "
      "single sample; want at least {} in each",
      batch.global,
      ranks,
      batch.micro,
      together > 1 ? 1 : 2);
}

void check_sync_batch_norm(
    const Config& c, int world_size, Problems& problems) {
  const int together = batch_norm_ranks(c, world_size);
  problems.require(
      world_size % together == 0,
      {"distributed.sync_batch_norm"},
      "{} ranks can't be cut into groups of {}",
      world_size,
      together);
  problems.require(
      c.distributed.sync_batch_norm == 1 || c.distributed.virtual_ranks == 0,
      {"distributed.sync_batch_norm", "distributed.virtual_ranks"},
      "virtual ranks take turns and can't exchange statistics; want one of the "
      "two");
}

/// What the bits of so many ranks need.
void check_virtual_ranks(const Config& c, int world_size, Problems& problems) {
  const int virtual_ranks = c.distributed.virtual_ranks;
  if (virtual_ranks == 0) {
    return;
  }
  problems.require(
      virtual_ranks % world_size == 0,
      {"distributed.virtual_ranks"},
      "{} virtual ranks on {} ranks; want as many ranks as divide them",
      virtual_ranks,
      world_size);
  problems.require(
      c.batch.global > 0,
      {"distributed.virtual_ranks", "batch.per_rank"},
      "want batch.global: the batch must be the same on any number of ranks");
  problems.require(
      c.batch.micro == 0,
      {"distributed.virtual_ranks", "batch.micro"},
      "a virtual rank computes its share at once; use more virtual ranks in "
      "place of batch.micro={}",
      c.batch.micro);
  problems.require(
      c.distributed.backend != Backend::nccl,
      {"distributed.virtual_ranks", "distributed.backend"},
      "NCCL adds up in an order of its own; use auto, which goes through host "
      "memory here");
}

void check_sharded_optimizer(const Config& c, Problems& problems) {
  if (c.distributed.sharded_optimizer != Sharding::on) {
    return;
  }
  problems.require(
      c.optimizer.name != OptimizerName::lars,
      {"distributed.sharded_optimizer", "optimizer.name"},
      "lars needs the norms of whole tensors, which no rank has; want sgd, "
      "adam, adamw or rmsprop");
  problems.require(
      c.distributed.virtual_ranks == 0,
      {"distributed.sharded_optimizer", "distributed.virtual_ranks"},
      "virtual ranks add up whole gradients on every rank; want one of the "
      "two");
}

/// Also when a GPU is there and can't be used.
void check_device(const Config& c, const GpuReport& gpus, Problems& problems) {
  try {
    const c10::Device device = choose_device(c.run.device, gpus, 0);
    problems.require(
        c.precision != Precision::fp16 || device.is_cuda(),
        {"precision", "run.device"},
        "fp16 needs a GPU; use auto or fp32 on the CPU");
    problems.require(
        c.distributed.backend != Backend::nccl || device.is_cuda(),
        {"distributed.backend", "run.device"},
        "nccl is for GPUs; use auto or mpi on the CPU");
  } catch (const Disagreement& error) {
    problems.require(false, {"run.device"}, "{}", error.what());
  }
}

/// A warm-up in one unit and a run in the other meet only when the data is
/// known.
void check_warmup(
    const Config& c, const RunLength& length, Problems& problems) {
  const std::int64_t warmup = warmup_steps(c.schedule, length);
  problems.require(
      warmup == 0 || warmup < length.total_steps,
      {c.schedule.warmup_epochs > 0 ? "schedule.warmup_epochs"
                                    : "schedule.warmup_iterations"},
      "a warm-up of {} steps leaves nothing of the run's {} (an epoch has {})",
      warmup,
      length.total_steps,
      length.steps_per_epoch);
}

/// What is unfrozen after the last epoch never is.
void check_unfreeze_within(
    const Config& c, const RunLength& length, Problems& problems) {
  for (const std::string& text : c.fine_tune.unfreeze) {
    const std::int64_t epochs = parse_unfreezing(text)->epochs;
    problems.require(
        epochs <= (length.total_steps - 1) / length.steps_per_epoch,
        {"fine_tune.unfreeze"},
        "\"{}\" comes after {} epochs, and the run has {} steps (an epoch has "
        "{}); want fewer epochs there, or a longer run",
        text,
        epochs,
        length.total_steps,
        length.steps_per_epoch);
  }
}

}  // namespace

std::vector<Problem> validate_input(const Config& config) {
  Problems problems;
  check_eval(config.eval, problems);
  check_normalize(config, problems);
  check_smallest(
      "eval.crop_px",
      config.eval.crop_px,
      find_net(config.net.name).facts,
      problems);
  return problems.take();
}

std::vector<Problem> validate(
    const Config& config, int world_size, const GpuReport& gpus) {
  Problems problems;
  check_run(config.run, problems);
  check_data(config, problems);
  check_patience(config, problems);
  check_eval(config.eval, problems);
  check_normalize(config, problems);
  check_net(config, problems);
  check_fine_tune(config, problems);
  check_unfreeze(config, problems);
  check_optimizer(config.optimizer, problems);
  check_schedule(config, problems);
  check_batch(config.batch, problems);
  check_shares(config, sharing_ranks(config, world_size), problems);
  check_sync_batch_norm(config, world_size, problems);
  check_virtual_ranks(config, world_size, problems);
  check_sharded_optimizer(config, problems);
  check_device(config, gpus, problems);
  return problems.take();
}

std::vector<Problem> validate_with_data(
    const Config& config, int world_size, std::int64_t train_samples) {
  Problems problems;
  const BatchPlanSizes batch =
      batch_sizes(config.batch, sharing_ranks(config, world_size));
  problems.require(
      config.data.tail == Tail::wrap || train_samples >= batch.global,
      {batch_key(config.batch), "data.tail"},
      "the global batch of {} is larger than the {} training samples, so with "
      "tail: drop an epoch would have no step; use wrap or a smaller batch",
      batch.global,
      train_samples);
  const TrainingOrder order{
      static_cast<std::uint64_t>(train_samples),
      static_cast<std::uint64_t>(batch.global),
      config.data.tail};
  const auto per_epoch = static_cast<std::int64_t>(order.steps_per_epoch());
  if (per_epoch > 0) {
    const RunLength length{
        per_epoch,
        config.run.iterations > 0 ? config.run.iterations
                                  : per_epoch * config.run.epochs};
    check_warmup(config, length, problems);
    check_unfreeze_within(config, length, problems);
  }
  return problems.take();
}

}  // namespace convoy
