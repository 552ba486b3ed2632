#include "trainer/report/evaluation_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "trainer/evaluation/binomial_bound.h"
#include "trainer/evaluation/markup.h"

namespace convoy {
namespace {

constexpr std::size_t kMostShownGroups = 30;
constexpr std::size_t kWorstGroups = 15;

std::string percent_text(double share) {
  return std::isnan(share) ? "-" : fmt::format("{:.2f} %", 100 * share);
}

/// Thresholds are written so that they are read back exactly: rounded, one of
/// them would judge the sample that it was taken from otherwise.
std::string two_groups_lines(
    const GroupFigures& figures, const FigureWishes& wishes) {
  const auto rates = [](const GroupRates& r) {
    return fmt::format(
        "escape {} ({} of {} NG; at most {} at {:.0f} % confidence), overkill "
        "{} ({} of {} OK)",
        percent_text(r.escape_rate()),
        r.escapes,
        r.ng_samples,
        percent_text(r.escape_limit()),
        100 * kConfidence,
        percent_text(r.overkill_rate()),
        r.overkills,
        r.ok_samples);
  };
  std::string text = "NG where its probability is 0.5 or more: " +
                     rates(figures.table[figures.table.size() / 2]) + "\n";
  if (figures.with_unsure) {
    text += fmt::format(
        "unsure of NG or OK below {}: {} NG and {} OK; {}\n",
        figures.with_unsure->threshold,
        figures.with_unsure->unsure_ng,
        figures.with_unsure->unsure_ok,
        rates(*figures.with_unsure));
  }
  if (!wishes.escape) {
    return text;
  }
  const auto target = percent_text(*wishes.escape);
  text += figures.for_escape
              ? fmt::format(
                    "escape <= {} of these samples: threshold {}, {}\n",
                    target,
                    figures.for_escape->threshold,
                    rates(*figures.for_escape))
              : "escape: there are no NG samples\n";
  if (figures.for_assured_escape) {
    text += fmt::format(
        "escape <= {} at {:.0f} % confidence: threshold {}, {}\n",
        target,
        100 * kConfidence,
        figures.for_assured_escape->threshold,
        rates(*figures.for_assured_escape));
  } else if (*wishes.escape > 0) {
    text += fmt::format(
        "escape <= {} at {:.0f} % confidence: wants {} NG samples at least, "
        "there are {}\n",
        target,
        100 * kConfidence,
        trials_to_assure(*wishes.escape, kConfidence),
        figures.ng_samples);
  }
  return text;
}

/// For the errors that are most often asked for.
std::string target_lines(const std::vector<TargetError>& targets) {
  std::string text;
  for (const TargetError& target : targets) {
    if (target.error != 0.01 && target.error != 0.05) {
      continue;
    }
    const auto& reached = target.reached;
    text += fmt::format("error <= {}: ", percent_text(target.error));
    text += reached ? fmt::format(
                          "threshold {} covers {}\n",
                          reached->threshold,
                          percent_text(reached->coverage()))
                    : "at no threshold\n";
  }
  return text;
}

std::string groups_lines(std::vector<KeyGroup> groups) {
  std::string text;
  if (groups.size() > kMostShownGroups) {
    std::stable_sort(groups.begin(), groups.end(), [](auto& a, auto& b) {
      return a.sums.accuracy1() < b.sums.accuracy1();
    });
    text = fmt::format(
        "\nthe {} groups of lowest Acc@1, of {}:\n",
        kWorstGroups,
        groups.size());
    groups.resize(kWorstGroups);
  } else {
    text = "\n";
  }
  std::size_t width = 10;
  for (const KeyGroup& group : groups) {
    width =
        std::max(width, characters(shown_on_console(group.name.value_or(""))));
  }
  text += padded_to("group", width) + "  samples    Acc@1    Acc@5      loss\n";
  for (const KeyGroup& group : groups) {
    text += fmt::format(
        "{}  {:>7}  {:>7.3f}  {:>7.3f}  {:>8.4f}\n",
        padded_to(
            group.name ? shown_on_console(*group.name) : "(no match)", width),
        group.sums.samples,
        group.sums.accuracy1(),
        group.sums.accuracy5(),
        group.sums.mean_loss());
  }
  return text;
}

}  // namespace

std::string further_lines(
    const EvaluationFigures& figures, const FigureWishes& wishes) {
  std::string text;
  if (figures.at_threshold) {
    const Coverage& c = *figures.at_threshold;
    text += fmt::format(
        "at threshold {}: {} of {} samples covered ({}), accuracy {} of them, "
        "{} unsure\n",
        c.threshold,
        c.covered,
        c.samples,
        percent_text(c.coverage()),
        percent_text(c.accuracy()),
        c.samples - c.covered);
  }
  text += target_lines(figures.target_errors);
  if (figures.two_groups) {
    text += two_groups_lines(*figures.two_groups, wishes);
  }
  if (figures.calibration) {
    const CalibrationFigures& c = *figures.calibration;
    text += fmt::format(
        "calibration error {:.4f}, {:.4f} at temperature {:.4f} (loss {:.6f} "
        "and {:.6f})\n",
        expected_calibration_error(c.before),
        expected_calibration_error(c.after),
        c.temperature,
        c.loss_before,
        c.loss_after);
  }
  if (wishes.group_by) {
    text += groups_lines(figures.key_groups);
  }
  return text.empty() || text[0] == '\n' ? text : "\n" + text;
}

}  // namespace convoy
