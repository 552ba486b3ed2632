#pragma once
// Where the time of a step goes over all ranks, and what of it is lost on more
// of them.

#include <array>
#include <string_view>
#include <vector>

#include "trainer/loop/phases.h"

namespace convoy {

/// Parts of a step's time that add up to it. In each step one rank comes last
/// to the end of communication's wait: the one that waits there least, since
/// all that others wait longer, they wait for it. That rank is what the step
/// waits for, so
///
/// - data is its wait for the loader,
/// - compute is the mean over ranks of forward and backward (with the additions
///   that ranks of one host do between layers, docs/running.md),
/// - skew is how much longer than that mean it computes; it is negative where
///   it is last because of its data alone,
/// - communication is its own wait: what no rank's computing has hidden,
/// - optimizer is its update,
/// - other is the rest: what lies between two steps, and how unequally ranks
///   begin one.
enum class StepPart { data, compute, skew, communication, optimizer, other };
constexpr std::array<std::string_view, 6> kStepPartNames{
    "data", "compute", "skew", "comm", "optimizer", "other"};

/// Seconds, or shares of a step.
using StepParts = std::array<double, 6>;

double sum_of(const StepParts& parts);

/// Phases of the steps of one rank.
using RankSteps = std::vector<PhaseSeconds>;

/// Mean parts of a step of `step_s` seconds, to which they add up. `ranks`: at
/// least one, all of them with the phases of the same steps, at least one.
StepParts parts_of_step(const std::vector<RankSteps>& ranks, double step_s);

/// Mean of phases: of one rank's steps, or of several ranks' step. REQUIRES
/// one.
PhaseSeconds mean_phases(const std::vector<PhaseSeconds>& all);

/// How the efficiency that `step` lacks is shared out: they add up to 1 -
/// efficiency, since each is what the part takes beyond `ideal` times the same
/// part of `fewest`, over the step. `fewest` is the step of the fewest ranks;
/// `ideal`: samples of a rank's share now by those of its share there, 1 in
/// weak scaling. Nothing of a step that took no time.
StepParts lost_parts(
    const StepParts& fewest, double ideal, const StepParts& step);

}  // namespace convoy
