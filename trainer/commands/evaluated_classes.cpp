#include "trainer/commands/evaluated_classes.h"

#include <fmt/format.h>

#include "data/errors.h"

namespace convoy {

void name_classes_as(const DataSource& source, Restored& restored, Log& log) {
  const auto& theirs = source.facts.class_names;
  auto& ours = restored.facts.class_names;
  bool are_numbers = true;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    are_numbers = are_numbers && ours[i] == std::to_string(i);
  }
  if (are_numbers && theirs.size() == ours.size() && theirs != ours) {
    ours = theirs;
    log.line(fmt::format(
        "classes are taken to be those of {}, in its order",
        source.dataset->database().path()));
  }
}

void refuse_other_classes(
    const std::string& names_file,
    const Restored& restored,
    const DataSource& source) {
  const auto& theirs = source.facts.class_names;
  const auto& ours = restored.facts.class_names;
  const auto& counts = source.facts.label_counts;
  if (!counts.empty() && counts.begin()->first < 0) {
    throw BadData(fmt::format(
        "{} records of {} have the label {}; want labels of 0 and above",
        counts.begin()->second,
        source.dataset->database().path(),
        counts.begin()->first));
  }
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    if (i >= ours.size() || theirs[i] != ours[i]) {
      throw BadData(fmt::format(
          "class {} is \"{}\" in {} and {} in {}: figures would be "
          "meaningless. {}",
          i,
          theirs[i],
          source.dataset->database().path(),
          i < ours.size() ? "\"" + ours[i] + "\"" : "not there",
          names_file.empty() ? "the checkpoint" : names_file,
          names_file.empty()
              ? "Import the data with the checkpoint's classes"
              : "Without --class-names those of the data are taken, if they "
                "are as many"));
    }
  }
  if (!source.facts.label_counts.empty() &&
      source.facts.label_counts.rbegin()->first >=
          static_cast<int>(ours.size())) {
    throw BadData(fmt::format(
        "{} has the label {}, and the checkpoint knows {} classes",
        source.dataset->database().path(),
        source.facts.label_counts.rbegin()->first,
        ours.size()));
  }
}

}  // namespace convoy
