#include "trainer/report/lr_range_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "trainer/config/batch_sizes.h"

namespace convoy {
namespace {

constexpr std::size_t kTableRows = 20;

/// "optimizer.lr=0.05 (x 512 / 256 ...)": the key's value that makes `peak`
/// the rate of the run.
std::string key_for_peak(const LrRangeReport& r, double peak) {
  OptimizerOptions one = r.optimizer;
  one.lr = 1;
  const double scaling = peak_lr(one, r.global_batch);
  return r.optimizer.lr_scaling == LrScaling::none
             ? fmt::format("optimizer.lr={:.2g}", peak)
             : fmt::format(
                   "optimizer.lr={:.2g}, which optimizer.lr_scaling multiplies "
                   "by {:.4g}",
                   peak / scaling,
                   scaling);
}

std::string why_no_suggestion(const LrRangeReport& r) {
  if (r.range.stopped) {
    return "no suggestion: the curve is not whole. The same command begins "
           "anew";
  }
  return r.range.points.size() < 3
             ? "no suggestion: the loss left at once. Begin with a lower rate: "
               "--lr-range FROM,TO"
             : "no suggestion: the smoothed loss never fell by 1 %. Test other "
               "rates with --lr-range FROM,TO, or longer with --lr-range-steps";
}

std::string rule_of_peak(const LrSuggestion& s) {
  return s.rises
             ? fmt::format(
                   "a tenth of {:.2g}, from where the smoothed loss rises; it "
                   "falls most steeply at {:.2g}",
                   *s.rises,
                   *s.steepest)
             : "where the smoothed loss falls most steeply; it never rose, so "
               "higher rates may do as well";
}

}  // namespace

std::string lr_range_table(const std::vector<LrPoint>& points) {
  std::string table = fmt::format("{:>10}  {:>13}\n", "rate", "smoothed loss");
  const std::size_t rows = std::min(kTableRows, points.size());
  for (std::size_t row = 1; row <= rows; ++row) {
    const LrPoint& point = points[row * points.size() / rows - 1];
    table += fmt::format("{:>10.3g}  {:>13.4f}\n", point.lr, point.smoothed);
  }
  return table;
}

std::string lr_range_advice(const LrRangeReport& r) {
  std::string text = fmt::format(
      "{} of {} steps: {}\n", r.range.points.size(), r.steps, r.range.end);
  if (!r.suggestion.peak) {
    return text + why_no_suggestion(r) + "\n";
  }
  return text + fmt::format(
                    "suggested peak rate: {:.2g}, {}\nset {}\n",
                    *r.suggestion.peak,
                    rule_of_peak(r.suggestion),
                    key_for_peak(r, *r.suggestion.peak));
}

std::string lr_range_csv(const std::vector<LrPoint>& points) {
  std::string csv = "step,lr,loss,smoothed_loss\n";
  for (std::size_t i = 0; i < points.size(); ++i) {
    const LrPoint& p = points[i];
    csv += fmt::format(
        "{},{:.6g},{:.6f},{:.6f}\n", i + 1, p.lr, p.loss, p.smoothed);
  }
  return csv;
}

}  // namespace convoy
