#include "trainer/loop/scaling_repeat.h"

#include <algorithm>

#include "trainer/config/batch_sizes.h"

namespace convoy {
namespace {

template <class Array>
void halve_sum(Array& into, const Array& other) {
  for (std::size_t i = 0; i < into.size(); ++i) {
    into[i] = (into[i] + other[i]) / 2;
  }
}

}  // namespace

Repeat median_repeat(std::vector<Repeat> repeats, std::int64_t global) {
  std::sort(
      repeats.begin(), repeats.end(), [](const Repeat& a, const Repeat& b) {
        return a.images_per_second < b.images_per_second;
      });
  Repeat result = repeats[(repeats.size() - 1) / 2];
  const Repeat& other = repeats[repeats.size() / 2];
  result.images_per_second =
      (result.images_per_second + other.images_per_second) / 2;
  halve_sum(result.parts, other.parts);
  for (std::size_t r = 0; r < result.by_rank.size(); ++r) {
    halve_sum(result.by_rank[r], other.by_rank[r]);
  }
  const double step_s = static_cast<double>(global) / result.images_per_second;
  result.parts[static_cast<std::size_t>(StepPart::other)] +=
      step_s - sum_of(result.parts);
  return result;
}

StepProfile profile_in_phases(
    StepProfile profile, const PhaseSeconds& phases, const StepLoad& load) {
  profile.step_s = own_seconds(phases) + seconds_of(phases, Phase::optimizer);
  const auto parts = micro_batches(load.largest_share, load.micro);
  return stretched(
      std::move(profile),
      seconds_of(phases, Phase::compute) / static_cast<double>(parts));
}

}  // namespace convoy
