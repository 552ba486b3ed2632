#include <fmt/format.h>

#include <algorithm>

#include "trainer/report/scaling_plots.h"
#include "trainer/report/svg.h"

namespace convoy {
namespace {

constexpr double kWidestBar = 64;

/// Milliseconds upwards from the frame's bottom.
struct StepAxis {
  double most = 1;
  PlotFrame frame;

  double y(double ms) const {
    return frame.bottom - ms / most * (frame.bottom - frame.top);
  }
};

double step_ms(const ScalingRow& row) {
  return 1000 * sum_of(row.parts);
}

/// The step of the fewest ranks with this row's share.
double ideal_ms(const ScalingRow& row, const ScalingRow& fewest) {
  return step_ms(fewest) * row.load.share(row.ranks) /
         fewest.load.share(fewest.ranks);
}

std::string step_grid(const StepAxis& axis) {
  const PlotFrame& f = axis.frame;
  std::string lines = "<g stroke=\"#e3e3e3\">\n";
  std::string names = "<g text-anchor=\"end\" fill=\"#555\">\n";
  for (const double ms : round_numbers(0, axis.most, 5)) {
    lines += svg_line(f.left, axis.y(ms), f.right, axis.y(ms));
    names += svg_text(f.left - 8, axis.y(ms) + 4, fmt::format("{:.6g}", ms));
  }
  return lines + "</g>\n" + names + "</g>\n";
}

std::string step_bar(
    const ScalingRow& row,
    const ScalingRow& fewest,
    const StepAxis& axis,
    double middle,
    double width) {
  std::string bar;
  double from = 0;
  for (std::size_t p = 0; p < row.parts.size(); ++p) {
    const double ms = 1000 * row.parts[p];
    if (ms <= 0) {
      continue;
    }
    bar += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
        "fill=\"{}\"><title>{} {:.2f} ms</title></rect>\n",
        middle - width / 2,
        axis.y(from + ms),
        width,
        axis.y(from) - axis.y(from + ms),
        kPartColours[p],
        kStepPartNames[p],
        ms);
    from += ms;
  }
  const double ideal = axis.y(ideal_ms(row, fewest));
  bar +=
      "<g stroke=\"#222\" stroke-dasharray=\"3 2\">" +
      svg_line(middle - width / 2 - 7, ideal, middle + width / 2 + 7, ideal) +
      "</g>\n<g text-anchor=\"middle\" fill=\"#333\">\n" +
      svg_text(
          middle,
          std::min(axis.y(from), ideal) - 6,
          fmt::format("{:.4g}", step_ms(row))) +
      svg_text(middle, axis.frame.bottom + 17, std::to_string(row.ranks)) +
      "</g>\n";
  return bar;
}

}  // namespace

std::string steps_plot(
    const ScalingReport& report,
    const ScalingSeries& series,
    const PlotFrame& frame) {
  const auto rows = rows_of(report.rows, series);
  const ScalingRow& fewest = *rows.front();
  StepAxis axis{1e-9, frame};
  for (const ScalingRow* row : rows) {
    axis.most = std::max(
        {axis.most, 1.15 * step_ms(*row), 1.15 * ideal_ms(*row, fewest)});
  }
  const double slot =
      (frame.right - frame.left) / static_cast<double>(rows.size());
  std::string svg = step_grid(axis);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    svg += step_bar(
        *rows[i],
        fewest,
        axis,
        frame.left + slot * (static_cast<double>(i) + 0.5),
        std::min(kWidestBar, 0.6 * slot));
  }
  return svg;
}

}  // namespace convoy
