#pragma once
// A measurement of speedup with round numbers.

#include "trainer/report/scaling_report.h"

namespace convoy::testing {

constexpr ScalingSeries kReal{ScalingData::real, ScalingMode::weak};

/// 32 samples a rank: 100 images a second on one rank, 160 on two.
inline ScalingRow made_row(int ranks) {
  ScalingRow row;
  row.series = kReal;
  row.ranks = ranks;
  row.load = {.global = 32 * ranks, .largest_share = 32, .micro = 32};
  row.images_per_second = ranks == 1 ? 100 : 160;
  row.least = row.images_per_second - 5;
  row.most = row.images_per_second + 5;
  row.phases = {0.01, 0.25, 0.03, 0.04};
  row.by_rank.assign(static_cast<std::size_t>(ranks), row.phases);
  row.parts = ranks == 1 ? StepParts{0.01, 0.26, 0, 0, 0.04, 0.01}
                         : StepParts{0.02, 0.30, 0.01, 0.02, 0.04, 0.01};
  row.profile = {
      .step_s = 0.32, .backward_end_s = 0.25, .buckets = {{1 << 20, 0.25}}};
  if (ranks > 1) {
    row.all_reduce = AllReduceCost{2e-5, 1e-9};
  }
  return row;
}

/// On one and on two ranks, the latter first.
inline ScalingReport made_report() {
  ScalingReport r;
  r.config = "configs/a.yaml";
  r.ranks = "2 on node1 (cpu)";
  r.net = "resnet18";
  r.hosts = {"node1", "node1"};
  r.options.ranks = {2, 1};
  r.options.series = {kReal};
  r.rows = {made_row(2), made_row(1)};
  compare_rows(r.rows);
  return r;
}

/// Predicted to take 0.4 s a step on 8 ranks.
inline Forecast made_forecast() {
  Forecast f;
  f.series = kReal;
  f.load = {.global = 256, .largest_share = 32, .micro = 32};
  f.step = {.ranks = 8, .step_s = 0.4, .exposed_s = 0.08, .efficiency = 0.8};
  f.images_per_second = 640;
  return f;
}

/// 10 epochs of 36,000 images: an hour on one rank.
inline TrainingPlan made_plan() {
  TrainingPlan plan;
  plan.epochs = 10;
  plan.why = "as asked";
  plan.images = 36000;
  plan.price = 2.5;
  return plan;
}

}  // namespace convoy::testing
