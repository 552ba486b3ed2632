#include "trainer/report/scaling_report.h"

#include <fmt/format.h>

#include "trainer/report/json_line.h"
#include "trainer/report/version.h"

namespace convoy {
namespace {

using Json = nlohmann::ordered_json;

Json row_json(const ScalingRow& row) {
  Json phases;
  for (std::size_t p = 0; p < row.phases.size(); ++p) {
    phases[std::string(kPhaseNames[p])] = 1000 * row.phases[p];
  }
  return {
      {"ranks", row.ranks},
      {"images_per_second", row.images_per_second},
      {"min", row.least},
      {"max", row.most},
      {"speedup", row.speedup},
      {"efficiency", row.efficiency},
      {"phase_ms", phases}};
}

double images_per_second(const ScalingReport& report, const Prediction& p) {
  return static_cast<double>(report.batch_per_rank * p.ranks) / p.step_s;
}

}  // namespace

std::string scaling_json(const ScalingReport& report, int indent) {
  Json json{
      {"config", report.config},
      {"net", report.net},
      {"program", version_line()},
      {"ranks", report.ranks},
      {"data", report.options.synthetic ? "synthetic" : "real"},
      {"batch_per_rank", report.batch_per_rank},
      {"steps", report.options.steps},
      {"repeats", report.options.repeats},
      {"rows", Json::array()}};
  for (const ScalingRow& row : report.rows) {
    json["rows"].push_back(row_json(row));
  }
  if (!report.predictions.empty()) {
    json["predicted_for"] = report.predicted_for;
    json["predictions"] = Json::array();
  }
  for (const Prediction& p : report.predictions) {
    json["predictions"].push_back(
        {{"ranks", p.ranks},
         {"images_per_second", images_per_second(report, p)},
         {"step_ms", 1000 * p.step_s},
         {"exposed_ms", 1000 * p.exposed_s},
         {"efficiency", p.efficiency}});
  }
  return json_line(json, indent) + "\n";
}

std::string scaling_table(const std::vector<ScalingRow>& rows) {
  std::string table = fmt::format(
      "{:>5}  {:>9}  {:>19}  {:>7}  {:>10}  {:>10} {:>10} {:>10} {:>10}\n",
      "ranks",
      "images/s",
      "range",
      "speedup",
      "efficiency",
      "data ms",
      "compute ms",
      "comm ms",
      "optim ms");
  for (const ScalingRow& r : rows) {
    table += fmt::format(
        "{:>5}  {:>9.1f}  {:>19}  {:>7.2f}  {:>10.3f}  {:>10.1f} {:>10.1f} "
        "{:>10.1f} {:>10.1f}\n",
        r.ranks,
        r.images_per_second,
        fmt::format("{:.1f}..{:.1f}", r.least, r.most),
        r.speedup,
        r.efficiency,
        1000 * r.phases[0],
        1000 * r.phases[1],
        1000 * r.phases[2],
        1000 * r.phases[3]);
  }
  return table;
}

std::string prediction_table(const ScalingReport& report) {
  if (report.predictions.empty()) {
    return "";
  }
  std::string table = fmt::format(
      "\npredicted, not measured: {}\n{:>5}  {:>9}  {:>10}  {:>10}  {:>10}\n",
      report.predicted_for,
      "ranks",
      "images/s",
      "step ms",
      "exposed ms",
      "efficiency");
  for (const Prediction& p : report.predictions) {
    table += fmt::format(
        "{:>5}  {:>9.1f}  {:>10.1f}  {:>10.1f}  {:>10.3f}\n",
        p.ranks,
        images_per_second(report, p),
        1000 * p.step_s,
        1000 * p.exposed_s,
        p.efficiency);
  }
  return table;
}

}  // namespace convoy
