#pragma once
// The folder that `convoy evaluate --report` leaves.

#include <functional>
#include <string>
#include <vector>

#include "data/store/new_folder.h"
#include "trainer/evaluation/figures.h"
#include "trainer/evaluation/worst_samples.h"

namespace convoy {

/// The file that says that a folder is such a report.
constexpr const char* kReportMarker = "report.json";

/// Writes the pictures of these samples into the folder's worst/ and notes
/// their files in the entries; a record of floats has none. `alive` is called
/// after each. Throws WriteFailure, BadData of a record.
void write_worst_pictures(
    const NewFolder& folder,
    const Dataset& dataset,
    std::vector<WorstEntry>& entries,
    const std::function<void()>& alive);

/// What there is to write.
struct ReportContent {
  const Predictions& predictions;
  const EvaluationFigures& figures;
  const std::vector<std::string>& keys;  ///< by sample
  const std::vector<WorstEntry>& worst;
  const std::string& json;
};

/// Writes report.json, per_class.csv, confusion.csv, confusion.svg,
/// samples.csv, thresholds.csv and reliability.csv; ng_thresholds.csv,
/// groups.csv and worst.html where there is something to put into them. Throws
/// WriteFailure.
void write_report(const NewFolder& folder, const ReportContent& content);

}  // namespace convoy
