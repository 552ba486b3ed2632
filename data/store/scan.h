#pragma once
// What is only known of a database once all its records have been read.

#include <cstdint>
#include <functional>
#include <vector>

#include "data/options.h"
#include "data/store/database.h"
#include "data/store/facts.h"

namespace convoy {

/// Called now and then with records done and records in all; it may throw to
/// stop.
using ScanProgress = std::function<void(std::size_t done, std::size_t all)>;

/// Reads every record once. Class names are taken from labels.txt when it names
/// every label. Throws BadData at the first record that can't be used.
DatasetFacts scan(const Database& database, const ScanProgress& progress = {});

/// The sidecar's facts where there is one, else those of a scan.
DatasetFacts facts_of(
    const Database& database, const ScanProgress& progress = {});

/// The label of each record, in order. A record that can't be parsed: BadData,
/// or with OnBadSample::skip the label -1. Checksums are not compared: only the
/// beginnings and ends of pictures are touched.
std::vector<std::int32_t> labels_of(
    const Database& database,
    OnBadSample on_bad_sample,
    const ScanProgress& progress = {});

}  // namespace convoy
