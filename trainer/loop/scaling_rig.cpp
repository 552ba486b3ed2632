#include "trainer/loop/scaling_rig.h"

#include <fmt/format.h>

#include <chrono>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <utility>

#include "trainer/loop/out_of_memory.h"
#include "trainer/loop/precision.h"

namespace convoy {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kLearningRate = 1e-3;  // any at which nothing diverges

std::string encode(const RankSteps& steps) {
  return {
      reinterpret_cast<const char*>(steps.data()),
      steps.size() * sizeof(PhaseSeconds)};
}

RankSteps decode(const std::string& bytes) {
  RankSteps steps(bytes.size() / sizeof(PhaseSeconds));
  std::memcpy(steps.data(), bytes.data(), bytes.size());
  return steps;
}

}  // namespace

ScalingRig::ScalingRig(const Config& config, World& world, Model model)
    : world_(world),
      model_(std::move(model)),
      step_(
          config,
          resolve_precision(config.precision, world.device()),
          model_,
          world),
      clock_(make_phase_clock(world.device())) {}

Repeat ScalingRig::measure(
    ScalingBatches& batches,
    int warmup,
    int steps,
    const std::function<void()>& after_step) {
  for (int i = 0; i < warmup; ++i) {
    take_step(batches);
    after_step();
  }
  finish_work();
  clock_->take();
  const auto start = Clock::now();
  for (int i = 0; i < steps; ++i) {
    take_step(batches);
    after_step();
  }
  finish_work();
  double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  world_.control().all_reduce(std::span(&seconds, 1), ReduceOp::max);
  const auto ranks = gather_steps(steps);
  Repeat result;
  result.images_per_second =
      static_cast<double>(batches.load().global * steps) / seconds;
  result.parts = parts_of_step(ranks, seconds / steps);
  for (const RankSteps& rank : ranks) {
    result.by_rank.push_back(mean_phases(rank));
  }
  result.profile = step_.profile();
  return result;
}

void ScalingRig::take_step(ScalingBatches& batches) {
  clock_->begin(Phase::data);
  const DeviceBatch batch = batches.next();
  const StepInput input{
      .step = steps_++,
      .global_batch = batches.load().global,
      .lr = kLearningRate};
  try {
    figures_ = step_.run(batch, input, *clock_);
  } catch (...) {
    rethrow_with_advice(
        {std::current_exception(),
         batches.load().micro,
         model_.facts().batch_norm},
        step_,
        batch);
  }
}

/// Every rank is here, and a GPU has done what it was given, whatever carries
/// the gradients: reading a figure of the last step waits for it.
void ScalingRig::finish_work() {
  if (figures_.defined()) {
    static_cast<void>(figures_[0].item<double>());
  }
  world_.gradients().barrier();
}

std::vector<RankSteps> ScalingRig::gather_steps(int steps) {
  std::vector<RankSteps> ranks;
  for (const std::string& bytes :
       world_.control().all_gather(encode(clock_->take_steps()))) {
    ranks.push_back(decode(bytes));
    if (ranks.back().size() != static_cast<std::size_t>(steps)) {
      throw std::logic_error(fmt::format(
          "scaling: phases of {} steps arrived, {} were taken",
          ranks.back().size(),
          steps));
    }
  }
  return ranks;
}

}  // namespace convoy
