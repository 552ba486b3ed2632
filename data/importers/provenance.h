#pragma once
// How a database was made, in words that its facts keep, and back.

#include <map>
#include <string>

#include "data/importers/options.h"

namespace convoy {

using MadeBy = std::map<std::string, std::string>;

/// What an import does to each picture: resize, gray, store_as, jpeg_quality.
MadeBy describe_pictures(const ImportOptions& options);

/// The same from `made_by`, whatever else that holds; the default for what it
/// does not name, as of a database that another program wrote. Throws BadData
/// when a value can't be read.
ImportOptions picture_options(const MadeBy& made_by);

}  // namespace convoy
