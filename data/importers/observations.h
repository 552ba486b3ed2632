#pragma once
// What an import notices on its way, and what of it deserves a warning.

#include <cstdint>
#include <string>
#include <vector>

#include "data/importers/convert.h"
#include "data/importers/report.h"

namespace convoy {

/// Fed with each picture that was written, in order.
class Observations {
 public:
  explicit Observations(bool gray_dataset) : gray_dataset_(gray_dataset) {}

  /// `source` outlives this object.
  void take(const Source& source, const Converted& picture);

  /// Fills conversions, duplicates and warnings of `report`, where all else is
  /// there already.
  void conclude(const SplitOptions& split, ImportReport& report);

 private:
  struct Content {
    std::uint64_t hash;
    std::size_t order;
    const Source* source;
  };
  struct Order {
    bool descended = false;  // a label smaller than the one before
    int last = -1;
    int first = -1;
  };

  void find_duplicates(ImportReport& report);

  bool gray_dataset_;
  Conversions conversions_;
  std::vector<Content> contents_;
  std::array<Order, kSplits.size()> orders_;
};

}  // namespace convoy
