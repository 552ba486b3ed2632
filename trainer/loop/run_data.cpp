#include "trainer/loop/run_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <functional>
#include <optional>
#include <vector>

#include "data/errors.h"
#include "data/loader/transform.h"
#include "data/store/mean_file.h"
#include "data/store/network_disk.h"
#include "data/store/scan.h"
#include "data/store/sidecar.h"
#include "distributed/heartbeat.h"
#include "distributed/mpi/session.h"
#include "trainer/health/agree.h"
#include "trainer/report/progress.h"

namespace convoy {
namespace {

/// Labels that no network can have, with what is wrong.
void check_labels(const DataSource& source, int classes) {
  if (source.facts.label_counts.empty()) {
    return;
  }
  const auto& [least, count_least] = *source.facts.label_counts.begin();
  const auto& [most, count_most] = *source.facts.label_counts.rbegin();
  if (least < 0) {
    throw BadData(fmt::format(
        "{} records of {} have the label {}; want labels of 0 and above",
        count_least,
        source.dataset->database().path(),
        least));
  }
  if (most >= classes) {
    throw BadData(fmt::format(
        "{} records of {} have the label {}, and there are {} classes (0..{}). "
        "Set net.classes to at least {}, or import again",
        count_most,
        source.dataset->database().path(),
        most,
        classes,
        classes - 1,
        most + 1));
  }
}

int count_classes(const Config& config, const DatasetFacts& facts) {
  if (config.net.classes > 0) {
    return config.net.classes;
  }
  const int labels =
      facts.label_counts.empty() ? 0 : facts.label_counts.rbegin()->first + 1;
  return std::max(labels, static_cast<int>(facts.class_names.size()));
}

void check_same_classes(const RunData& data) {
  const auto& train = data.train.facts.class_names;
  const auto& val = data.val.facts.class_names;
  for (std::size_t i = 0; i < std::min(train.size(), val.size()); ++i) {
    if (train[i] != val[i]) {
      throw BadData(fmt::format(
          "class {} is \"{}\" in {} and \"{}\" in {}: import both together, so "
          "that classes have the same numbers",
          i,
          train[i],
          data.train.dataset->database().path(),
          val[i],
          data.val.dataset->database().path()));
    }
  }
}

std::vector<std::string> all_names(const DatasetFacts& facts, int classes) {
  std::vector<std::string> names = facts.class_names;
  for (int i = static_cast<int>(names.size()); i < classes; ++i) {
    names.push_back(std::to_string(i));
  }
  names.resize(static_cast<std::size_t>(classes));
  return names;
}

/// Prepares the first sample as the run will, so that pictures and settings
/// that do not go together are told at once and not in the first epoch. A
/// record that can't be read is left to the run, which knows what to do with
/// it.
void try_one_sample(
    const LmdbDataset& dataset, int crop_px, const MakeTransform& make) {
  Sample sample;
  try {
    dataset.read(0, sample);
  } catch (const BadData&) {
    return;
  }
  const auto side = static_cast<std::size_t>(crop_px);
  std::vector<float> input(side * side * 3);
  try {
    make()(sample, SampleRef{}, input.data());
  } catch (const BadData& e) {
    throw BadData(fmt::format(
        "record '{}' of {}: {}",
        sample.key,
        dataset.database().path(),
        e.what()));
  }
}

/// What rank 0 finds in a database, on every rank. `read` gets a callback that
/// shows a bar; reading a large database takes longer than ranks wait for each
/// other. Collective. Throws AgreedFailure.
std::string found_by_rank_0(
    Control& control,
    Log& log,
    const std::string& title,
    const std::function<std::string(const ScanProgress&)>& read) {
  std::string found;
  std::exception_ptr error;
  if (control.rank() == 0) {
    Heartbeat heartbeat(control);
    std::optional<Progress> progress;
    try {
      found = read([&](std::size_t done, std::size_t all) {
        heartbeat.alive();
        if (!progress) {
          progress.emplace(log, title, static_cast<std::int64_t>(all));
        }
        progress->update(static_cast<std::int64_t>(done));
      });
    } catch (...) {
      error = std::current_exception();
    }
    heartbeat.end(found);
  } else {
    found = await_heartbeat_end(control);
  }
  agreed(control, host_name(), [&] {
    if (error) {
      std::rethrow_exception(error);
    }
  });
  return found;
}

std::shared_ptr<const ClassTurns> read_class_turns(
    const Database& database,
    OnBadSample on_bad_sample,
    Control& control,
    Log& log) {
  const std::string bytes = found_by_rank_0(
      control,
      log,
      "reading the labels of " + database.path(),
      [&](const ScanProgress& progress) {
        const auto labels = labels_of(database, on_bad_sample, progress);
        const auto* first = reinterpret_cast<const char*>(labels.data());
        return std::string(first, labels.size() * sizeof(labels[0]));
      });
  std::vector<std::int32_t> labels(bytes.size() / sizeof(std::int32_t));
  std::memcpy(labels.data(), bytes.data(), bytes.size());
  std::shared_ptr<const ClassTurns> turns;
  agreed(control, host_name(), [&] {
    turns = std::make_shared<ClassTurns>(labels);
  });
  return turns;
}

}  // namespace

DataSource open_source(
    const std::string& path,
    const DataOptions& options,
    Control& control,
    Log& log) {
  DataSource source;
  agreed(control, host_name(), [&] {
    source.dataset = std::make_unique<LmdbDataset>(
        path, LmdbDatasetOptions{options.channels, options.verify_checksums});
    const Database& database = source.dataset->database();
    const auto own = read_sidecar(database);
    source.content = database.identity() + (own ? " " + own->fingerprint : "");
  });
  const Database& database = source.dataset->database();
  source.facts = facts_from_json(found_by_rank_0(
      control,
      log,
      "reading " + database.path() + ", which brought no dataset.json",
      [&](const ScanProgress& progress) {
        return facts_to_json(facts_of(database, progress));
      }));
  if (const auto kind = network_file_system(path); !kind.empty()) {
    log.warn(fmt::format(
        "{} lies on {}. It is read without locks, so nothing may write to it "
        "meanwhile; a copy on a local disk is faster",
        path,
        kind));
  }
  return source;
}

std::shared_ptr<const Normalization> make_normalization(
    const NormalizeOptions& options, int channels) {
  std::optional<MeanImage> mean;
  if (!options.mean_file.empty()) {
    mean = read_mean_file(options.mean_file);
  }
  return std::make_shared<Normalization>(
      normalization(options, channels, mean));
}

RunData open_run_data(const Config& config, Control& control, Log& log) {
  RunData data;
  data.train = open_source(config.data.train, config.data, control, log);
  if (!config.data.val.empty()) {
    data.val = open_source(config.data.val, config.data, control, log);
  }
  agreed(control, host_name(), [&] {
    data.classes = count_classes(config, data.train.facts);
    check_labels(data.train, data.classes);
    if (data.val.dataset) {
      check_labels(data.val, data.classes);
      check_same_classes(data);
    }
    data.class_names = all_names(data.train.facts, data.classes);
    data.normalization =
        make_normalization(config.normalize, config.data.channels);
    try_one_sample(*data.train.dataset, config.augment.crop_px, [&] {
      return training_transform(
          config.augment,
          config.run.seed,
          data.normalization,
          config.extensions.augmentations)();
    });
    if (data.val.dataset) {
      try_one_sample(*data.val.dataset, config.eval.crop_px, [&] {
        return evaluation_transform(
            config.eval, config.normalize.style, data.normalization)();
      });
    }
  });
  if (config.data.sampling == Sampling::balanced) {
    data.class_turns = read_class_turns(
        data.train.dataset->database(),
        config.data.on_bad_sample,
        control,
        log);
  }
  return data;
}

}  // namespace convoy
