#include "trainer/report/evaluation_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "trainer/evaluation/markup.h"

namespace convoy {
namespace {

constexpr std::size_t kWorstClasses = 15;

/// A share of 0..1 with three digits behind the point.
std::string share_text(double share) {
  return std::isnan(share) ? "-" : fmt::format("{:.3f}", share);
}

/// Classes to show, in order: all, or those with samples of the least F1.
std::vector<std::size_t> shown_classes(const EvaluationFigures& figures) {
  std::vector<std::size_t> order(figures.classes.size());
  std::iota(order.begin(), order.end(), 0);
  if (order.size() <= kMostShownClasses) {
    return order;
  }
  std::erase_if(order, [&](auto c) { return figures.classes[c].support == 0; });
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
    return figures.classes[a].top1().f1 < figures.classes[b].top1().f1;
  });
  order.resize(std::min(order.size(), kWorstClasses));
  return order;
}

std::string share_columns(const Shares& top1, const Shares& top5) {
  return fmt::format(
      "  {:>9}  {:>6}  {:>5}  {:>8}",
      share_text(top1.precision),
      share_text(top1.recall),
      share_text(top1.f1),
      share_text(top5.recall));
}

std::string taken_for(const ClassFigures& c, const EvaluationFigures& figures) {
  return c.taken_for == kNoClass
             ? ""
             : fmt::format(
                   "  {} ({})",
                   shown_on_console(figures.class_names[c.taken_for]),
                   c.taken_for_times);
}

}  // namespace

std::string counts_line(const Sums& s) {
  return fmt::format(
      "Acc@1 {:.3f} Acc@5 {:.3f} loss {:.6f} ({} samples: {} top-1 hits, {} "
      "top-5 hits)\n",
      s.accuracy1(),
      s.accuracy5(),
      s.mean_loss(),
      s.samples,
      s.top1,
      s.top5);
}

std::string class_table(const EvaluationFigures& figures) {
  const auto shown = shown_classes(figures);
  std::string text = "\n";
  if (figures.classes.size() > kMostShownClasses) {
    text += fmt::format(
        "the {} classes of lowest F1, of {}:\n",
        shown.size(),
        figures.classes.size());
  }
  std::size_t width = 13;
  for (const std::size_t c : shown) {
    width =
        std::max(width, characters(shown_on_console(figures.class_names[c])));
  }
  text += padded_to("class", width) +
          "  support  precision  recall     F1  recall@5  mostly taken for\n";
  for (const std::size_t c : shown) {
    const ClassFigures& f = figures.classes[c];
    text += padded_to(shown_on_console(figures.class_names[c]), width) +
            fmt::format("  {:>7}", f.support) +
            share_columns(f.top1(), f.top5()) + taken_for(f, figures) + "\n";
  }
  const Averages& a = figures.averages;
  constexpr std::size_t kSupportColumn = 9;
  text += padded_to("macro average", width + kSupportColumn) +
          share_columns(a.macro, a.macro5) + "\n";
  return text + padded_to("micro average", width + kSupportColumn) +
         share_columns(a.micro, a.micro5) + "\n";
}

}  // namespace convoy
