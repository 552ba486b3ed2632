#include "trainer/loop/slow_ranks.h"

#include <fmt/format.h>

#include <algorithm>

namespace convoy {
std::optional<SlowRank> SlowRanks::observe(
    const std::vector<PhaseSeconds>& by_rank) {
  if (by_rank.size() < 2) {
    return std::nullopt;
  }
  const auto slowest = std::max_element(
      by_rank.begin(), by_rank.end(), [](const auto& a, const auto& b) {
        return own_seconds(a) < own_seconds(b);
      });
  const int rank = static_cast<int>(slowest - by_rank.begin());
  double others = -own_seconds(*slowest);
  for (const PhaseSeconds& phases : by_rank) {
    others += own_seconds(phases);
  }
  others /= static_cast<double>(by_rank.size() - 1);
  const bool slow = own_seconds(*slowest) > kFactor * others;
  in_a_row_ = !slow ? 0 : rank == suspect_ ? in_a_row_ + 1 : 1;
  suspect_ = rank;
  if (in_a_row_ < kIntervals || !told_.insert(rank).second) {
    return std::nullopt;
  }
  return SlowRank{
      rank,
      seconds_of(*slowest, Phase::data),
      seconds_of(*slowest, Phase::compute),
      others};
}

std::string slow_rank_warning(const SlowRank& slow, const std::string& host) {
  const double own = slow.data_s + slow.compute_s;
  return fmt::format(
      "all ranks wait for rank {} on {}: it takes {:.3g} ms a step to load and "
      "compute (data {:.3g}, compute {:.3g}), the others {:.3g} on average, so "
      "about {:.0f} % of their time is lost. Look there for other programs, a "
      "slow {}",
      slow.rank,
      host,
      1000 * own,
      1000 * slow.data_s,
      1000 * slow.compute_s,
      1000 * slow.others_s,
      100 * (1 - slow.others_s / own),
      slow.data_s > slow.compute_s - slow.others_s
          ? "disk or network file system, too few loader threads"
          : "or hot processor or GPU, fewer processors");
}

}  // namespace convoy
