#include "trainer/report/records.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "data/store/atomic_file.h"

namespace convoy {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kMetrics = "metrics.jsonl";
constexpr const char* kSummary = "summary.csv";
constexpr const char* kSummaryHeader =
    "epoch,step,train_loss,train_top1,train_top5,eval_loss,eval_top1,eval_top5,"
    "lr,seconds\n";

/// JSON has no NaN.
Json number(double x) {
  return std::isfinite(x) ? Json(x) : Json(nullptr);
}

Json phases(const PhaseSeconds& seconds) {
  Json json;
  for (std::size_t p = 0; p < seconds.size(); ++p) {
    json[std::string(kPhaseNames[p])] = number(1000 * seconds[p]);
  }
  return json;
}

/// Loss and accuracies as columns, empty where nothing was counted.
std::string columns(const Sums& sums) {
  return sums.samples == 0 ? ",,"
                           : fmt::format(
                                 "{:.6f},{:.4f},{:.4f}",
                                 sums.mean_loss(),
                                 sums.accuracy1(),
                                 sums.accuracy5());
}

std::string summary_row(const EpochRecord& r) {
  return fmt::format(
      "{:.4f},{},{},{},{:.6g},{:.1f}\n",
      r.epoch,
      r.step,
      columns(r.train),
      columns(r.val.sums),
      r.lr,
      r.seconds);
}

/// Keeps the lines that `keep` accepts.
template <class Keep>
void filter_lines(const std::filesystem::path& path, Keep keep) {
  std::ifstream file(path);
  if (!file) {
    return;
  }
  std::string kept;
  std::string line;
  bool dropped = false;
  while (std::getline(file, line)) {
    if (keep(line)) {
      kept += line + "\n";
    } else {
      dropped = true;
    }
  }
  if (dropped) {
    write_atomically(path, kept);
  }
}

std::int64_t step_of_json(const std::string& line) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  return json.is_object() ? json.value("step", std::int64_t{0})
                          : std::int64_t{1} << 62;
}

std::int64_t step_of_csv(const std::string& line) {
  std::istringstream columns(line);
  std::string epoch;
  std::int64_t step = 0;
  std::getline(columns, epoch, ',');
  columns >> step;
  return step;
}

}  // namespace

Records::Records(std::filesystem::path run_dir, std::int64_t resumed_step)
    : run_dir_(std::move(run_dir)) {
  filter_lines(run_dir_ / kMetrics, [&](const std::string& line) {
    return step_of_json(line) <= resumed_step;
  });
  filter_lines(run_dir_ / kSummary, [&](const std::string& line) {
    return step_of_csv(line) <= resumed_step;
  });
}

bool Records::append(const char* file, const std::string& line) {
  std::ofstream out(run_dir_ / file, std::ios::app);
  out << line;
  return static_cast<bool>(out.flush());
}

bool Records::add(const IntervalRecord& r) {
  Json json{
      {"kind", "train"},
      {"step", r.step},
      {"epoch", number(r.epoch)},
      {"loss", number(r.sums.mean_loss())},
      {"top1", number(r.sums.accuracy1())},
      {"top5", number(r.sums.accuracy5())},
      {"lr", number(r.lr)},
      {"gradient_norm", number(r.gradient_norm)},
      {"images_per_second", number(r.images_per_second)},
      {"images_per_second_per_rank", number(r.images_per_second / r.ranks)},
      {"seconds", number(r.seconds)},
      {"ranks", r.ranks},
      {"phase_ms_mean", phases(r.mean)},
      {"phase_ms_min", phases(r.least)},
      {"phase_ms_max", phases(r.most)},
      {"slowest", r.slowest},
      {"samples_hash", fmt::format("{:016x}", r.samples_hash)},
      {"memory_mb", number(r.memory_mb)}};
  if (r.device_memory_mb > 0) {
    json["device_memory_mb"] = number(r.device_memory_mb);
  }
  if (r.speedup > 0) {
    json["speedup"] = number(r.speedup);
    json["efficiency"] = number(r.efficiency);
  }
  return append(kMetrics, json.dump() + "\n");
}

bool Records::add(const EpochRecord& r) {
  const bool first = !std::filesystem::exists(run_dir_ / kSummary);
  const bool written =
      append(kSummary, (first ? kSummaryHeader : "") + summary_row(r));
  const auto& [sums, macro] = r.val;
  if (sums.samples == 0) {
    return written;
  }
  const Json json{
      {"kind", "eval"},
      {"step", r.step},
      {"epoch", number(r.epoch)},
      {"loss", number(sums.mean_loss())},
      {"top1", number(sums.accuracy1())},
      {"top5", number(sums.accuracy5())},
      {"macro_precision", number(100 * macro.precision)},
      {"macro_recall", number(100 * macro.recall)},
      {"macro_f1", number(100 * macro.f1)},
      {"samples", sums.samples},
      {"seconds", number(r.seconds)}};
  return append(kMetrics, json.dump() + "\n") && written;
}

bool Records::add_event(
    const std::string& name, std::int64_t step, const std::string& message) {
  const Json json{{"event", name}, {"step", step}, {"message", message}};
  return append(kMetrics, json.dump() + "\n");
}

}  // namespace convoy
