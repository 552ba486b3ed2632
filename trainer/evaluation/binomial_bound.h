#pragma once
// How far a share that was counted may be off.

#include <cstdint>

namespace convoy {

/// The one-sided upper confidence limit of Clopper and Pearson ("The use of
/// confidence or fiducial limits illustrated in the case of the binomial",
/// 1934) for a probability of which `events` of `trials` have come: the
/// `confidence` quantile of Beta(events + 1, trials - events). Never too small,
/// however few the trials. 1 without trials or when all are events. REQUIRES 0
/// <= events <= trials and 0 < confidence < 1.
double clopper_pearson_upper(
    std::int64_t events, std::int64_t trials, double confidence);

/// The least number of trials without an event whose upper limit is at most
/// `share`; REQUIRES 0 < share < 1.
std::int64_t trials_to_assure(double share, double confidence);

}  // namespace convoy
