#include "trainer/evaluation/hit_counts.h"

#include <algorithm>

namespace convoy {
namespace {

constexpr std::size_t kNumbers = 3;

}  // namespace

HitCounts::HitCounts(std::int64_t classes)
    : numbers_(kNumbers * static_cast<std::size_t>(classes), 0) {}

void HitCounts::add(const SampleResult& sample) {
  numbers_[kNumbers * sample.label] += 1;
  numbers_[kNumbers * sample.predicted() + 1] += 1;
  numbers_[kNumbers * sample.label + 2] += sample.is_hit() ? 1 : 0;
}

Shares HitCounts::macro() const {
  std::vector<ClassFigures> classes(numbers_.size() / kNumbers);
  for (std::size_t c = 0; c < classes.size(); ++c) {
    classes[c].support = numbers_[kNumbers * c];
    classes[c].predicted = numbers_[kNumbers * c + 1];
    classes[c].hits = numbers_[kNumbers * c + 2];
  }
  const bool none =
      std::all_of(classes.begin(), classes.end(), [](const ClassFigures& one) {
        return one.support == 0;
      });
  return none ? Shares{} : averages_of(classes).macro;
}

}  // namespace convoy
