// Which part of a dataset a picture belongs to.

// GCC 12 takes a part of std::regex for uninitialised when sanitizers are on
// (GCC bug 105562).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <regex>
#pragma GCC diagnostic pop

#include <fmt/format.h>

#include "data/errors.h"
#include "data/importers/plan/plan.h"
#include "data/store/hash.h"

namespace convoy {
namespace {

void refuse_present_parts(const SplitOptions& options, const ImportPlan& plan) {
  for (const Split split : {Split::val, Split::test}) {
    const double fraction = split == Split::val ? options.val : options.test;
    if (fraction > 0 && plan.has(split)) {
      throw BadData(fmt::format(
          "the source has a part for {} already; leave its fraction ({}) out",
          name_of(split),
          fraction));
    }
  }
}

// The part of the path that decides: what shares it goes to the same side.
class Grouper {
 public:
  explicit Grouper(const SplitOptions& options) : options_(options) {
    if (options.group_by != GroupBy::pattern) {
      return;
    }
    try {
      pattern_ = std::regex(options.group_pattern);
    } catch (const std::regex_error& error) {
      throw BadData(fmt::format(
          "the group pattern '{}' can't be understood: {}",
          options.group_pattern,
          error.what()));
    }
  }

  std::string group_of(const Source& source) const {
    switch (options_.group_by) {
      case GroupBy::folder:
        return folder_below_class(source.name);
      case GroupBy::pattern:
        return matched(source.name);
      case GroupBy::file:
        break;
    }
    return source.group.empty() ? source.name : source.group;
  }

 private:
  // CLASS/GROUP/...: the group alone, so that it is on one side in every class.
  // A picture that lies in no such folder is a group of its own.
  static std::string folder_below_class(const std::string& name) {
    const std::size_t first = name.find('/');
    const std::size_t second =
        first == std::string::npos ? first : name.find('/', first + 1);
    return second == std::string::npos
               ? name
               : name.substr(first + 1, second - first - 1);
  }

  std::string matched(const std::string& name) const {
    std::smatch match;
    if (!std::regex_search(name, match, pattern_)) {
      throw BadData(fmt::format(
          "the group pattern '{}' does not match '{}'; each picture needs its "
          "group, or it may end on both sides",
          options_.group_pattern,
          name));
    }
    return match.size() > 1 ? match[1].str() : match[0].str();
  }

  const SplitOptions& options_;
  std::regex pattern_;
};

// Even in [0, 1).
double draw(const std::string& group, std::uint64_t seed) {
  return static_cast<double>(hash64(group, seed) >> 11) * 0x1p-53;
}

}  // namespace

void check_split(const SplitOptions& options) {
  const bool sensible =
      options.val >= 0 && options.test >= 0 && options.val + options.test < 1;
  if (!sensible) {
    throw BadData(fmt::format(
        "the fractions for val ({}) and test ({}) must be 0 or more, and less "
        "than 1 together",
        options.val,
        options.test));
  }
  const Grouper understood(options);
}

void assign_splits(const SplitOptions& options, ImportPlan& plan) {
  check_split(options);
  refuse_present_parts(options, plan);
  if (options.val + options.test == 0) {
    return;
  }
  const Grouper grouper(options);
  for (Source& source : plan.sources) {
    if (source.split != Split::train) {
      continue;
    }
    const double place = draw(grouper.group_of(source), options.seed);
    if (place < options.val) {
      source.split = Split::val;
    } else if (place < options.val + options.test) {
      source.split = Split::test;
    }
  }
}

}  // namespace convoy
