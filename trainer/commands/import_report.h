#pragma once
// What an import did, as text for people and as JSON for programs.

#include <string>

#include "data/importers/report.h"

namespace convoy {

/// Of long lists, as those of refused files, the first `most` lines are given
/// and the others counted.
std::string report_text(const ImportReport& report, std::size_t most);

/// Everything, in one line.
std::string report_json(const ImportReport& report);

}  // namespace convoy
