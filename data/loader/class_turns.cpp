#include "data/loader/class_turns.h"

#include <fmt/format.h>

#include <limits>
#include <map>

#include "data/errors.h"
#include "data/loader/order.h"

namespace convoy {

ClassTurns::ClassTurns(std::span<const std::int32_t> labels) {
  std::map<std::int32_t, std::uint64_t> counts;
  for (const std::int32_t label : labels) {
    if (label >= 0) {
      ++counts[label];
    }
  }
  if (counts.empty() ||
      labels.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw BadData(fmt::format(
        "classes of {} samples, {} of which can be used, can't be balanced: "
        "want one or more, and fewer than 2^32. Set data.sampling to shuffle",
        labels.size(),
        counts.empty() ? "none" : "some"));
  }
  std::map<std::int32_t, std::uint64_t> next;  // place for the class's next one
  begin_.push_back(0);
  for (const auto& [label, count] : counts) {
    next[label] = begin_.back();
    begin_.push_back(begin_.back() + count);
  }
  samples_.resize(begin_.back());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= 0) {
      samples_[next[labels[i]]++] = static_cast<std::uint32_t>(i);
    }
  }
}

ClassTurns::Turn ClassTurns::at(
    std::uint64_t seed, std::uint64_t first, std::uint64_t offset) const {
  const std::uint64_t turn = first + offset;
  const std::uint64_t which = turn % classes();
  const std::uint64_t size = samples_of(which);
  const std::uint64_t time_round = turn / classes() / size;
  // The class's first turn from `first` on.
  const std::uint64_t earliest =
      first + (which + classes() - first % classes()) % classes();
  const std::uint64_t earliest_round = earliest / classes() / size;
  const EpochOrder order(
      seed, static_cast<std::uint32_t>(time_round), size, which + 1);
  return {
      samples_[begin_[which] + order.at(turn / classes() % size)],
      time_round - earliest_round};
}

}  // namespace convoy
