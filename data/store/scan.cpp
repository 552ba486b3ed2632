#include "data/store/scan.h"

#include <fmt/format.h>

#include "data/errors.h"
#include "data/store/flavour.h"
#include "data/store/sidecar.h"

namespace convoy {
namespace {

constexpr std::size_t kProgressEvery = 256;

void take(
    const Database& database,
    std::size_t index,
    Datum& datum,
    FactsCollector& facts) {
  const std::string_view key = database.read_datum(index, true, datum);
  try {
    facts.add(key, datum);
  } catch (const BadData& error) {
    throw BadData(fmt::format(
        "{} can't be used: {}", name_of_record(database, key), error.what()));
  }
}

void tell_progress(
    const ScanProgress& progress, std::size_t done, std::size_t all) {
  if (progress && done % kProgressEvery == 0) {
    progress(done, all);
  }
}

}  // namespace

DatasetFacts scan(const Database& database, const ScanProgress& progress) {
  const Flavour flavour = sniff_flavour(database);
  if (flavour != Flavour::empty && !is_readable(flavour)) {
    throw BadData(
        fmt::format("{} holds {}", database.path(), describe(flavour)));
  }
  FactsCollector collector;
  Datum datum;
  for (std::size_t i = 0; i < database.size(); ++i) {
    take(database, i, datum, collector);
    tell_progress(progress, i + 1, database.size());
  }
  DatasetFacts facts = collector.facts();
  facts.identity = database.identity();
  const auto labels = read_labels(database);
  if (labels.size() >= facts.classes()) {
    facts.class_names = labels;
  }
  return facts;
}

DatasetFacts facts_of(const Database& database, const ScanProgress& progress) {
  const auto known = read_sidecar(database);
  return known ? *known : scan(database, progress);
}

std::vector<std::int32_t> labels_of(
    const Database& database,
    OnBadSample on_bad_sample,
    const ScanProgress& progress) {
  constexpr std::int32_t kUnknown = -1;
  std::vector<std::int32_t> labels;
  labels.reserve(database.size());
  Datum datum;
  for (std::size_t i = 0; i < database.size(); ++i) {
    try {
      database.read_datum(i, /*verify_checksum=*/false, datum);
      labels.push_back(datum.label);
    } catch (const BadData&) {
      if (on_bad_sample == OnBadSample::stop) {
        throw;
      }
      labels.push_back(kUnknown);
    }
    tell_progress(progress, i + 1, database.size());
  }
  return labels;
}

}  // namespace convoy
