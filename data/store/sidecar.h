#pragma once
// Dataset facts in files beside data.mdb: dataset.json, and labels.txt with one
// class name a line as DIGITS knows it.

#include <optional>
#include <string>
#include <vector>

#include "data/store/database.h"
#include "data/store/facts.h"

namespace convoy {

/// dataset.json as text.
std::string facts_to_json(const DatasetFacts& facts);

/// Throws BadData (without a path) when `text` is no dataset.json.
DatasetFacts facts_from_json(const std::string& text);

/// The facts in dataset.json, nothing when the database has none. Throws
/// BadData when the file is damaged or belongs to another database.
std::optional<DatasetFacts> read_sidecar(const Database& database);

/// The lines of labels.txt, or none.
std::vector<std::string> read_labels(const Database& database);

/// Writes both files into `folder`, durably. Throws WriteFailure.
void write_sidecar(const std::string& folder, const DatasetFacts& facts);

}  // namespace convoy
