#include "trainer/config/validate.h"

#include "data/loader/batches.h"
#include "nets/registry.h"
#include "trainer/config/batch_sizes.h"
#include "trainer/config/problems.h"
#include "trainer/loop/schedule.h"

namespace convoy {
namespace {

/// A warm-up in one unit and a run in the other meet only when the data is
/// known.
void check_warmup(
    const Config& c,
    std::int64_t global_batch,
    std::int64_t samples,
    Problems& problems) {
  const TrainingOrder order{
      static_cast<std::uint64_t>(samples),
      static_cast<std::uint64_t>(global_batch),
      c.data.tail};
  if (samples == 0 || global_batch == 0 || order.steps_per_epoch() == 0) {
    return;
  }
  const auto per_epoch = static_cast<std::int64_t>(order.steps_per_epoch());
  const RunLength length{
      per_epoch,
      c.run.iterations > 0 ? c.run.iterations : per_epoch * c.run.epochs};
  const std::int64_t warmup = warmup_steps(c.schedule, length);
  problems.require(
      warmup == 0 || warmup < length.total_steps,
      "schedule: a warm-up of {} steps leaves nothing of the run's {} (an "
      "epoch "
      "has {}); shorten schedule.warmup_epochs or schedule.warmup_iterations",
      warmup,
      length.total_steps,
      per_epoch);
}

}  // namespace

std::vector<std::string> validate(const Config& config) {
  Problems problems;
  check_run(config.run, problems);
  check_data(config, problems);
  check_eval(config.eval, problems);
  check_normalize(config, problems);
  check_net(config, problems);
  check_fine_tune(config, problems);
  check_optimizer(config.optimizer, problems);
  check_schedule(config, problems);
  check_batch(config.batch, problems);
  return problems.take();
}

std::vector<std::string> validate(const EvalOptions& eval) {
  Problems problems;
  check_eval(eval, problems);
  return problems.take();
}

std::vector<std::string> validate(const Config& config, const Surroundings& s) {
  Problems problems;
  const BatchPlanSizes batch = batch_sizes(config.batch, s.world_size);
  problems.require(
      batch.global >= s.world_size,
      "batch.global: {} samples for {} ranks; want at least one for each",
      batch.global,
      s.world_size);
  problems.require(
      !find_net(config.net.name).facts.batch_norm ||
          batch.global < s.world_size || batch.smallest_micro >= 2,
      "batch: {} over {} ranks in micro-batches of at most {} gives batch norm "
      "a single sample; want at least 2 in each",
      batch.global,
      s.world_size,
      batch.micro);
  problems.require(
      s.train_samples == 0 || config.data.tail == Tail::wrap ||
          s.train_samples >= batch.global,
      "batch: the global batch of {} is larger than the {} training samples, "
      "so "
      "with data.tail: drop an epoch would have no step; use wrap or a smaller "
      "batch",
      batch.global,
      s.train_samples);
  check_warmup(config, batch.global, s.train_samples, problems);
  problems.require(
      config.precision != Precision::fp16 || s.device.is_cuda(),
      "precision: fp16 needs a GPU; use auto or fp32 on the CPU");
  return problems.take();
}

}  // namespace convoy
