#include "trainer/loop/step_parts.h"

#include <algorithm>
#include <numeric>

namespace convoy {
namespace {

double& of(StepParts& parts, StepPart part) {
  return parts[static_cast<std::size_t>(part)];
}

const PhaseSeconds& last_to_arrive(
    const std::vector<RankSteps>& ranks, std::size_t step) {
  const auto waits_least = std::min_element(
      ranks.begin(), ranks.end(), [&](const RankSteps& a, const RankSteps& b) {
        return seconds_of(a[step], Phase::communication) <
               seconds_of(b[step], Phase::communication);
      });
  return (*waits_least)[step];
}

}  // namespace

double sum_of(const StepParts& parts) {
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

StepParts parts_of_step(const std::vector<RankSteps>& ranks, double step_s) {
  StepParts parts{};
  const std::size_t steps = ranks.front().size();
  for (std::size_t step = 0; step < steps; ++step) {
    double compute = 0;
    for (const RankSteps& rank : ranks) {
      compute += seconds_of(rank[step], Phase::compute);
    }
    compute /= static_cast<double>(ranks.size());
    const PhaseSeconds& last = last_to_arrive(ranks, step);
    of(parts, StepPart::data) += seconds_of(last, Phase::data);
    of(parts, StepPart::compute) += compute;
    of(parts, StepPart::skew) += seconds_of(last, Phase::compute) - compute;
    of(parts, StepPart::communication) +=
        seconds_of(last, Phase::communication);
    of(parts, StepPart::optimizer) += seconds_of(last, Phase::optimizer);
  }
  for (double& part : parts) {
    part /= static_cast<double>(steps);
  }
  of(parts, StepPart::other) = step_s - sum_of(parts);
  return parts;
}

PhaseSeconds mean_phases(const std::vector<PhaseSeconds>& all) {
  PhaseSeconds mean{};
  for (const PhaseSeconds& one : all) {
    for (std::size_t p = 0; p < mean.size(); ++p) {
      mean[p] += one[p] / static_cast<double>(all.size());
    }
  }
  return mean;
}

StepParts lost_parts(
    const StepParts& fewest, double ideal, const StepParts& step) {
  StepParts lost{};
  const double whole = sum_of(step);
  for (std::size_t p = 0; p < lost.size() && whole > 0; ++p) {
    lost[p] = (step[p] - ideal * fewest[p]) / whole;
  }
  return lost;
}

}  // namespace convoy
