#pragma once
// What is known of a dataset as a whole.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "data/store/datum.h"

namespace convoy {

/// Smallest and largest of something; both 0 when nothing was seen.
struct Range {
  int min = 0;
  int max = 0;
  void take(int value);
};

struct DatasetFacts {
  std::uint64_t records = 0;
  std::vector<std::string> class_names;       ///< by label; empty when unknown
  std::map<int, std::uint64_t> label_counts;  ///< records of each label seen
  std::uint64_t unlabelled = 0;  ///< records without the field; they count as 0
  Range height;
  Range width;
  Range channels;
  std::uint64_t encoded = 0;    ///< records that are JPEG or PNG files
  std::uint64_t raw = 0;        ///< records of planar bytes
  std::uint64_t floats = 0;     ///< records of planar floats
  std::uint64_t checksums = 0;  ///< records that carry one
  std::uint64_t in_parts = 0;   ///< JPEGs of which parts can be decoded
  std::uint64_t payload_bytes = 0;
  /// A hash of all keys, labels and contents, the same whoever wrote them.
  std::string fingerprint;
  /// The Database::identity that these facts were taken from.
  std::string identity;
  /// How the dataset came to be: options by name, as its writer put them.
  std::map<std::string, std::string> made_by;

  /// Names, or one more than the greatest label where that is more.
  std::uint64_t classes() const;
  /// Records by label from 0 to classes() - 1; negative labels are left out.
  /// Throws BadData when a label is too great to be a class (16 million).
  std::vector<std::uint64_t> class_counts() const;
  /// class_names[label], or the number in words when there is none.
  std::string name_of(int label) const;
};

/// Collects facts record by record, in any order.
class FactsCollector {
 public:
  /// An encoded datum without sizes is looked into. Throws BadData when it is
  /// no picture.
  void add(std::string_view key, const Datum& datum);
  DatasetFacts facts() const;

 private:
  DatasetFacts facts_;
  std::uint64_t sum_ = 0;  // of record hashes: their order does not matter
};

}  // namespace convoy
