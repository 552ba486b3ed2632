#include "trainer/report/scaling_report.h"

#include "trainer/report/json_line.h"
#include "trainer/report/version.h"

namespace convoy {
namespace {

using Json = nlohmann::ordered_json;

/// Each under its name, times `unit`.
template <class Names, class Values>
Json named(const Names& names, const Values& values, double unit) {
  Json json;
  for (std::size_t i = 0; i < values.size(); ++i) {
    json[std::string(names[i])] = unit * values[i];
  }
  return json;
}

Json head_json(const ScalingSeries& series, int ranks, const StepLoad& load) {
  return {
      {"data", names(series.data)[static_cast<std::size_t>(series.data)]},
      {"mode", names(series.mode)[static_cast<std::size_t>(series.mode)]},
      {"ranks", ranks},
      {"global_batch", load.global},
      {"batch_per_rank", load.largest_share}};
}

Json ranks_json(const ScalingRow& row, const std::vector<std::string>& hosts) {
  Json list = Json::array();
  for (std::size_t r = 0; r < row.by_rank.size(); ++r) {
    Json json{{"rank", r}, {"host", hosts[r]}};
    json.update(named(kPhaseNames, row.by_rank[r], 1000));
    list.push_back(json);
  }
  return list;
}

void add_time(const ScalingReport& report, double rate, int ranks, Json& json) {
  if (!report.plan) {
    return;
  }
  const TrainingTime time = training_time(*report.plan, rate, ranks);
  json["training"] = {
      {"epoch_s", time.epoch_s}, {"hours", time.hours}, {"days", time.days}};
  if (time.cost) {
    json["training"]["cost"] = *time.cost;
  }
}

/// When backward has which gradients: what predictions are made from.
Json profile_json(const StepProfile& profile) {
  Json buckets = Json::array();
  for (const BucketArrival& bucket : profile.buckets) {
    buckets.push_back(
        {{"bytes", bucket.bytes}, {"ready_ms", 1000 * bucket.ready_s}});
  }
  return {
      {"step_ms", 1000 * profile.step_s},
      {"backward_end_ms", 1000 * profile.backward_end_s},
      {"buckets", std::move(buckets)}};
}

Json row_json(const ScalingReport& report, const ScalingRow& row) {
  Json json = head_json(row.series, row.ranks, row.load);
  json.update(Json{
      {"images_per_second", row.images_per_second},
      {"min", row.least},
      {"max", row.most},
      {"speedup", row.speedup},
      {"efficiency", row.efficiency},
      {"step_ms", 1000 * sum_of(row.parts)},
      {"phase_ms", named(kPhaseNames, row.phases, 1000)},
      {"part_ms", named(kStepPartNames, row.parts, 1000)},
      {"lost", named(kStepPartNames, row.lost, 1)},
      {"by_rank", ranks_json(row, report.hosts)},
      {"profile", profile_json(row.profile)}});
  add_time(report, row.images_per_second, row.ranks, json);
  if (row.all_reduce) {
    json["all_reduce"] = {
        {"latency_us", 1e6 * row.all_reduce->latency_s},
        {"ns_per_byte", 1e9 * row.all_reduce->seconds_per_byte}};
  }
  return json;
}

Json forecast_json(const Forecast& f) {
  Json json = head_json(f.series, f.step.ranks, f.load);
  json.update(Json{
      {"images_per_second", f.images_per_second},
      {"step_ms", 1000 * f.step.step_s},
      {"exposed_ms", 1000 * f.step.exposed_s},
      {"efficiency", f.step.efficiency}});
  return json;
}

Json checks_json(const ScalingReport& report) {
  Json list = Json::array();
  for (const Checked& check : check_predictions(report.rows)) {
    Json json = forecast_json(check.predicted);
    json["measured"] = check.row->images_per_second;
    json["error"] = check.error();
    list.push_back(json);
  }
  return list;
}

Json predictions_json(const ScalingReport& report) {
  Json list = Json::array();
  for (const Forecast& f : report.predictions) {
    Json json = forecast_json(f);
    add_time(report, f.images_per_second, f.step.ranks, json);
    list.push_back(json);
  }
  return list;
}

Json plan_json(const TrainingPlan& plan) {
  Json json{
      {"epochs", plan.epochs}, {"why", plan.why}, {"images", plan.images}};
  if (plan.price) {
    json["price_per_rank_and_hour"] = *plan.price;
  }
  return json;
}

}  // namespace

std::string scaling_json(const ScalingReport& report, int indent) {
  Json json{
      {"config", report.config},
      {"net", report.net},
      {"program", version_line()},
      {"ranks", report.ranks},
      {"steps", report.options.steps},
      {"repeats", report.options.repeats},
      {"rows", Json::array()},
      {"predicted_and_measured", checks_json(report)}};
  for (const ScalingRow& row : report.rows) {
    json["rows"].push_back(row_json(report, row));
  }
  if (!report.predictions.empty()) {
    json["predicted_for"] = report.predicted_for;
    json["predictions"] = predictions_json(report);
  }
  if (report.plan) {
    json["plan"] = plan_json(*report.plan);
  }
  return json_line(json, indent) + "\n";
}

}  // namespace convoy
