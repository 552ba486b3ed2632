#pragma once
// Inspection: classes that are bad (NG) against those that are good (OK). An
// escape is a bad sample judged good, an overkill a good one judged bad.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trainer/evaluation/predictions.h"

namespace convoy {

/// One sample as the two groups see it.
struct GroupScore {
  bool is_ng = false;
  double ng_probability = 0;  ///< summed over the NG classes
};

/// `is_ng` by class.
std::vector<GroupScore> group_scores(
    const Predictions& predictions, const std::vector<bool>& is_ng);

struct GroupRates {
  double threshold = 0;
  std::int64_t ng_samples = 0;
  std::int64_t ok_samples = 0;
  std::int64_t escapes = 0;
  std::int64_t overkills = 0;
  std::int64_t unsure_ng = 0;  ///< NG samples that were not judged
  std::int64_t unsure_ok = 0;

  double escape_rate() const;    ///< of the NG samples; NaN without any
  double overkill_rate() const;  ///< of the OK samples; NaN without any
  /// Upper limits of Clopper and Pearson at kConfidence.
  double escape_limit() const;
  double overkill_limit() const;
};

/// NG where the probability of the NG classes is at least a threshold.
class GroupCurve {
 public:
  explicit GroupCurve(const std::vector<GroupScore>& scores);

  GroupRates at(double threshold) const;
  /// At 0, 0.01, ... 1.
  std::vector<GroupRates> table() const;

  /// The highest threshold, so that of least overkill, whose escape rate is at
  /// most `rate`: 1, or an NG sample's probability. Empty without NG samples.
  std::optional<GroupRates> for_escape(double rate) const;

  /// The highest threshold whose escape *limit* is at most `rate`. As that is
  /// the limit of an order statistic, it holds for the threshold that was
  /// chosen by these samples (Wilks, "Determination of sample sizes for setting
  /// tolerance limits", 1941). Empty when there are too few NG samples.
  std::optional<GroupRates> for_assured_escape(double rate) const;

 private:
  GroupRates letting_escape(std::size_t most) const;

  std::vector<double> ng_;  ///< probabilities of NG samples, rising
  std::vector<double> ok_;
};

/// The more probable group where its probability is at least `threshold`, else
/// unsure: with a threshold of 0.5 or less nothing is.
GroupRates rates_with_unsure(
    const std::vector<GroupScore>& scores, double threshold);

}  // namespace convoy
