#include "trainer/evaluation/two_groups.h"

#include <algorithm>
#include <cmath>

#include "trainer/evaluation/binomial_bound.h"
#include "trainer/evaluation/coverage.h"
#include "trainer/evaluation/ratio.h"

namespace convoy {
namespace {

std::int64_t count_below(const std::vector<double>& rising, double threshold) {
  return std::lower_bound(rising.begin(), rising.end(), threshold) -
         rising.begin();
}

}  // namespace

std::vector<GroupScore> group_scores(
    const Predictions& predictions, const std::vector<bool>& is_ng) {
  std::vector<GroupScore> scores;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    GroupScore score{is_ng[predictions.samples[i].label], 0};
    const auto row = predictions.row(i);
    for (std::size_t c = 0; c < row.size(); ++c) {
      score.ng_probability +=
          is_ng[c] ? std::exp(static_cast<double>(row[c])) : 0;
    }
    scores.push_back(score);
  }
  return scores;
}

double GroupRates::escape_rate() const {
  return ratio(escapes, ng_samples);
}

double GroupRates::overkill_rate() const {
  return ratio(overkills, ok_samples);
}

double GroupRates::escape_limit() const {
  return clopper_pearson_upper(escapes, ng_samples, kConfidence);
}

double GroupRates::overkill_limit() const {
  return clopper_pearson_upper(overkills, ok_samples, kConfidence);
}

GroupCurve::GroupCurve(const std::vector<GroupScore>& scores) {
  for (const GroupScore& score : scores) {
    (score.is_ng ? ng_ : ok_).push_back(score.ng_probability);
  }
  std::sort(ng_.begin(), ng_.end());
  std::sort(ok_.begin(), ok_.end());
}

GroupRates GroupCurve::at(double threshold) const {
  GroupRates rates;
  rates.threshold = threshold;
  rates.ng_samples = static_cast<std::int64_t>(ng_.size());
  rates.ok_samples = static_cast<std::int64_t>(ok_.size());
  rates.escapes = count_below(ng_, threshold);
  rates.overkills = rates.ok_samples - count_below(ok_, threshold);
  return rates;
}

std::vector<GroupRates> GroupCurve::table() const {
  std::vector<GroupRates> rows;
  for (const double threshold : table_thresholds()) {
    rows.push_back(at(threshold));
  }
  return rows;
}

GroupRates GroupCurve::letting_escape(std::size_t most) const {
  return at(most < ng_.size() ? std::min(1.0, ng_[most]) : 1.0);
}

std::optional<GroupRates> GroupCurve::for_escape(double rate) const {
  if (ng_.empty()) {
    return std::nullopt;
  }
  // Not one fewer because of the last digit of a product.
  const double most = rate * static_cast<double>(ng_.size()) + 1e-9;
  return letting_escape(static_cast<std::size_t>(most));
}

std::optional<GroupRates> GroupCurve::for_assured_escape(double rate) const {
  const auto samples = static_cast<std::int64_t>(ng_.size());
  const auto is_assured = [&](std::int64_t escapes) {
    return clopper_pearson_upper(escapes, samples, kConfidence) <= rate;
  };
  if (!is_assured(0)) {
    return std::nullopt;
  }
  std::int64_t most = 0;  // is assured
  for (std::int64_t beyond = samples + 1; beyond - most > 1;) {
    const std::int64_t middle = most + (beyond - most) / 2;
    (is_assured(middle) ? most : beyond) = middle;
  }
  return letting_escape(static_cast<std::size_t>(most));
}

GroupRates rates_with_unsure(
    const std::vector<GroupScore>& scores, double threshold) {
  GroupRates rates;
  rates.threshold = threshold;
  for (const GroupScore& score : scores) {
    const bool judged_ng = score.ng_probability >= 0.5;
    const double probability =
        judged_ng ? score.ng_probability : 1 - score.ng_probability;
    const bool is_unsure = probability < threshold;
    (score.is_ng ? rates.ng_samples : rates.ok_samples) += 1;
    if (is_unsure) {
      (score.is_ng ? rates.unsure_ng : rates.unsure_ok) += 1;
    } else if (judged_ng != score.is_ng) {
      (score.is_ng ? rates.escapes : rates.overkills) += 1;
    }
  }
  return rates;
}

}  // namespace convoy
