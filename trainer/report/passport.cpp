#include "trainer/report/passport.h"

#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>

#include "data/store/atomic_file.h"
#include "distributed/affinity.h"
#include "distributed/device.h"
#include "trainer/config/write.h"
#include "trainer/health/cpu.h"
#include "trainer/loop/threads.h"
#include "trainer/report/json_line.h"
#include "trainer/report/settings.h"
#include "trainer/report/version.h"

namespace convoy {
namespace {

using Json = nlohmann::ordered_json;

double now() {
  return std::chrono::duration<double>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string utc(double seconds) {
  const auto whole = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&whole, &parts);
  char text[32] = "";
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// What this rank runs on.
std::string own_hardware(const World& world) {
  Json json{
      {"host", world.host()},
      {"processor", cpu_name()},
      {"cpus", describe_cpus(world.cpus())},
      {"device", world.device().str()}};
  if (world.device().is_cuda()) {
    const Gpu gpu = find_gpus().gpus.at(world.device().index());
    json["gpu"] = gpu.name;
    json["gpu_uuid"] = gpu.uuid;
  }
  return json_line(json);
}

Json describe(const DataSource& source) {
  if (!source.dataset) {
    return nullptr;
  }
  Json counts;
  for (const auto& [label, count] : source.facts.label_counts) {
    counts[source.facts.name_of(label)] = count;
  }
  return {
      {"path", source.dataset->database().path()},
      {"records", source.facts.records},
      {"fingerprint", source.facts.fingerprint},
      {"class_counts", counts}};
}

Json config_as_json(const Config& config) {
  Json json;
  for (const auto& [key, value] : flatten(config)) {
    json[key] = value;
  }
  return json;
}

}  // namespace

Passport::Passport(
    const Config& config,
    const RunData& data,
    World& world,
    const Trainer& trainer)
    : path_(std::filesystem::path(config.run.dir) / "passport.json"),
      writes_(world.rank() == 0),
      started_(now()) {
  Json json;
  for (const auto& [name, version] : versions()) {
    json["versions"][name] = version;
  }
  for (const std::string& rank :
       world.control().all_gather(own_hardware(world))) {
    json["ranks"].push_back(Json::parse(rank));
  }
  json["backend"] = world.backend_name();
  json["threads_per_rank"] = training_threads(config, world);
  json["training_data"] = describe(data.train);
  json["validation_data"] = describe(data.val);
  json["class_names"] = data.class_names;
  json["weights"] = config.net.weights.empty()
                        ? Json(nullptr)
                        : Json{
                              {"path", config.net.weights},
                              {"xxh3", hash_file(config.net.weights)}};
  json["seed"] = config.run.seed;
  for (const auto& [name, value] :
       resolved_settings(config, data, world, trainer)) {
    json["resolved"][name] = value;
  }
  json["config"] = config_as_json(config);
  fixed_ = json_line(json);
}

bool finished_before(const std::filesystem::path& run_dir) {
  std::ifstream file(run_dir / "passport.json");
  const Json json = Json::parse(file, nullptr, /*allow_exceptions=*/false);
  return json.is_object() && json.value("status", "") == "finished";
}

void Passport::write(
    const std::string& status,
    const Trainer& trainer,
    const std::string& failure) const {
  if (!writes_) {
    return;
  }
  const TrainState& state = trainer.state();
  Json json{
      {"status", status},
      {"started", utc(started_)},
      {"written", utc(now())},
      {"duration_s", now() - started_},
      {"training_s", state.seconds},
      {"step", state.step},
      {"total_steps", trainer.length().total_steps},
      {"best_top1", state.best_top1},
      {"best_step", state.best_step},
      {"ended_early", state.gave_up},
      {"nonfinite_steps", state.nonfinite_total}};
  if (!failure.empty()) {
    json["failure"] = failure;
  }
  const auto& [val, macro] = trainer.last_evaluation();
  if (val.samples > 0) {
    json["last_evaluation"] = {
        {"top1", val.accuracy1()},
        {"top5", val.accuracy5()},
        {"loss", val.mean_loss()},
        {"macro_precision", 100 * macro.precision},
        {"macro_recall", 100 * macro.recall},
        {"macro_f1", 100 * macro.f1},
        {"samples", val.samples}};
  }
  json.update(Json::parse(fixed_));
  write_atomically(path_, json_line(json, 2) + "\n");
}

}  // namespace convoy
