#pragma once
// Pictures in, databases out.

#include <string>

#include "data/errors.h"
#include "data/importers/options.h"
#include "data/importers/plan/plan.h"
#include "data/importers/report.h"

namespace convoy {

/// A class is left without any picture, so no database was written. What was
/// found on the way is in the report, whose `failure` is what().
class ClassWithoutPictures : public BadData {
 public:
  explicit ClassWithoutPictures(ImportReport found)
      : BadData(found.failure), report(std::move(found)) {}
  ImportReport report;
};

/// Imports a folder of one folder a class (see plan_folder). Files are read,
/// decoded and encoded by several threads; the databases' bytes do not depend
/// on how many. A file that can't be used is in the report and left out, or
/// BadData when options.strict. Throws MissingInput, BadData,
/// ClassWithoutPictures or WriteFailure; then no database was written.
ImportReport import_folder(
    const std::string& folder,
    const ImportOptions& options,
    const OnImportProgress& progress = {});

/// Imports what a list names (see plan_list), else as import_folder.
ImportReport import_list(
    const ListOptions& list,
    const ImportOptions& options,
    const OnImportProgress& progress = {});

/// Imports what a source of one's own names (see plan_rows), else as
/// import_folder.
ImportReport import_rows(
    const PictureSource& source,
    const std::string& from,
    const ImportOptions& options,
    const OnImportProgress& progress = {});

/// What all do once it is known what to read.
ImportReport import_plan(
    ImportPlan plan,
    const ImportOptions& options,
    const OnImportProgress& progress = {});

}  // namespace convoy
