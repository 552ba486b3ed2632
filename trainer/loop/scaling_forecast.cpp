#include "trainer/loop/scaling_forecast.h"

#include "trainer/config/batch_sizes.h"

namespace convoy {
namespace {

double micro_batches_of(const StepLoad& load) {
  return static_cast<double>(micro_batches(load.largest_share, load.micro));
}

StepProfile with_share(
    StepProfile profile,
    double optimizer_s,
    double of_step,
    double of_micro_batch) {
  profile.step_s = (profile.step_s - optimizer_s) * of_step + optimizer_s;
  profile.backward_end_s *= of_micro_batch;
  for (BucketArrival& bucket : profile.buckets) {
    bucket.ready_s *= of_micro_batch;
  }
  return profile;
}

}  // namespace

Forecast forecast(
    const ScalingRow& row,
    const StepLoad& load,
    int ranks,
    const AllReduceCost& cost) {
  const double share = load.share(ranks) / row.load.share(row.ranks);
  const StepProfile profile = with_share(
      row.profile,
      seconds_of(row.phases, Phase::optimizer),
      share,
      share * micro_batches_of(row.load) / micro_batches_of(load));
  Forecast result{row.series, load, predict_step(profile, ranks, cost), 0};
  result.step.efficiency = share * row.profile.step_s / result.step.step_s;
  result.images_per_second =
      static_cast<double>(load.global) / result.step.step_s;
  return result;
}

std::vector<Checked> check_predictions(const std::vector<ScalingRow>& rows) {
  std::vector<Checked> all;
  for (const ScalingRow& row : rows) {
    const ScalingRow& fewest = row_of_fewest(rows, row.series);
    if (row.ranks > fewest.ranks && row.all_reduce) {
      all.push_back(
          {&row, forecast(fewest, row.load, row.ranks, *row.all_reduce)});
    }
  }
  return all;
}

}  // namespace convoy
