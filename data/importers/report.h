#pragma once
// What an import did, for its user to read.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "data/importers/plan/plan.h"
#include "data/store/facts.h"

namespace convoy {

/// Pictures that a rule was applied to, on the way in or when they are decoded
/// later.
struct Conversions {
  std::uint64_t sixteen_bit = 0;  ///< scaled to 8 bits
  std::uint64_t cmyk = 0;         ///< to RGB
  std::uint64_t turned = 0;       ///< by EXIF orientation
  std::uint64_t gray = 0;         ///< gray pictures in a colour dataset
  std::uint64_t colour = 0;       ///< colour pictures in a gray dataset
  std::uint64_t alpha = 0;        ///< transparency dropped
  std::uint64_t palette = 0;      ///< expanded
};

/// One database that was written.
struct ImportedPart {
  Split split = Split::train;
  std::string database;  ///< absolute path
  DatasetFacts facts;
};

/// Files of the same bytes.
struct Duplicates {
  std::vector<std::string> names;
  bool across_splits = false;
  bool across_classes = false;
};

/// What was found of one class, in all parts.
struct ClassCounts {
  std::uint64_t files = 0;   ///< that were opened
  std::uint64_t usable = 0;  ///< pictures
};

struct ImportReport {
  std::string failure;        ///< why no database was written; else empty
  std::uint64_t read = 0;     ///< files that were opened
  std::uint64_t written = 0;  ///< records
  std::vector<Refusal> refused;
  Conversions conversions;
  std::vector<std::string> class_names;
  std::vector<ClassCounts> classes;  ///< by label
  std::vector<ImportedPart> parts;
  std::vector<Duplicates> duplicates;
  std::vector<std::string> warnings;  ///< a sentence each
};

struct ImportProgress {
  std::size_t done = 0;
  std::size_t all = 0;
  std::size_t refused = 0;
};

/// Called from the importing thread after each file; it may throw to stop the
/// import.
using OnImportProgress = std::function<void(const ImportProgress&)>;

}  // namespace convoy
