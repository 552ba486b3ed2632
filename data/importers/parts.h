#pragma once
// The databases of an import, one for each part that has pictures.

#include <array>
#include <optional>
#include <vector>

#include "data/importers/convert.h"
#include "data/importers/plan/plan.h"
#include "data/importers/report.h"
#include "data/store/writer.h"

namespace convoy {

class Parts {
 public:
  /// `plan` and `options` outlive this object. Throws WriteFailure when a
  /// database exists already or can't be begun.
  Parts(const ImportPlan& plan, const ImportOptions& options);

  /// Each source takes the next number of its part, as in Caffe's databases: a
  /// picture as the number of its record, a refused file as a gap.
  void add(const Source& source, Converted& picture);
  void skip(const Source& source);

  /// Gives the databases their names. Throws WriteFailure.
  std::vector<ImportedPart> finish();

 private:
  struct Part {
    std::optional<Writer> writer;
    std::size_t all = 0;   // sources
    std::size_t next = 0;  // number
  };
  Part& part(Split split) { return parts_[static_cast<std::size_t>(split)]; }

  const ImportPlan& plan_;
  const ImportOptions& options_;
  std::array<Part, kSplits.size()> parts_;
};

}  // namespace convoy
