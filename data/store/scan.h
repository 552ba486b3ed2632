#pragma once
// The facts of a database that brought none.

#include <functional>

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

}  // namespace convoy
