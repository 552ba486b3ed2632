// The picture of a learning-rate range test.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "trainer/evaluation/markup.h"
#include "trainer/report/lr_range_report.h"
#include "trainer/report/svg.h"

namespace convoy {
namespace {

// The plot inside the picture, in pixels.
constexpr double kSvgWidth = 760;
constexpr double kSvgHeight = 460;
constexpr double kPlotLeft = 64;
constexpr double kPlotRight = 736;
constexpr double kPlotTop = 92;
constexpr double kPlotBottom = 404;

/// What of the curve is shown. A loss that has left would flatten the rest, so
/// the upper end is a little above where the loss began.
struct PlotRange {
  double least_decade = 0;  ///< logarithm of the rate
  double most_decade = 1;
  double least_loss = 0;
  double most_loss = 1;
};

PlotRange range_of(const std::vector<LrPoint>& points) {
  PlotRange range;
  if (points.empty()) {
    return range;
  }
  range.least_decade = std::log10(points.front().lr);
  range.most_decade =
      std::max(range.least_decade + 1, std::log10(points.back().lr));
  const double first = points.front().smoothed;
  double least = first;
  double most = first;
  for (const LrPoint& p : points) {
    least = std::min(least, p.smoothed);
    most = std::max(most, p.smoothed);
  }
  most = std::min(most, first + (first - least) + 0.1 * first);
  const double margin = std::max(0.06 * (most - least), 1e-6);
  range.least_loss = least - margin;
  range.most_loss = most + margin;
  return range;
}

class Plot {
 public:
  explicit Plot(const std::vector<LrPoint>& points)
      : range_(range_of(points)) {}

  double x(double lr) const {
    return kPlotLeft + (std::log10(lr) - range_.least_decade) /
                           (range_.most_decade - range_.least_decade) *
                           (kPlotRight - kPlotLeft);
  }
  double y(double loss) const {
    return kPlotBottom - (loss - range_.least_loss) /
                             (range_.most_loss - range_.least_loss) *
                             (kPlotBottom - kPlotTop);
  }

  std::string decades() const;
  std::string losses() const;

 private:
  PlotRange range_;
};

/// Lines up and down at the powers of ten.
std::string Plot::decades() const {
  std::string lines = "<g stroke=\"#e3e3e3\">\n";
  std::string names = "<g text-anchor=\"middle\" fill=\"#555\">\n";
  const auto first = static_cast<int>(std::ceil(range_.least_decade - 1e-9));
  const auto last = static_cast<int>(std::floor(range_.most_decade + 1e-9));
  for (int decade = first; decade <= last; ++decade) {
    const double at = x(std::pow(10, decade));
    lines += svg_line(at, kPlotTop, at, kPlotBottom);
    names += svg_text(
        at, kPlotBottom + 18, fmt::format("{:g}", std::pow(10, decade)));
  }
  return lines + "</g>\n" + names + "</g>\n";
}

/// Lines across at round losses.
std::string Plot::losses() const {
  std::string lines = "<g stroke=\"#e3e3e3\">\n";
  std::string names = "<g text-anchor=\"end\" fill=\"#555\">\n";
  for (const double loss :
       round_numbers(range_.least_loss, range_.most_loss, 6)) {
    lines += svg_line(kPlotLeft, y(loss), kPlotRight, y(loss));
    names += svg_text(kPlotLeft - 8, y(loss) + 4, fmt::format("{:g}", loss));
  }
  return lines + "</g>\n" + names + "</g>\n";
}

/// The losses of the steps as dots, the smoothed loss as a line; what lies
/// outside is cut off.
std::string curve_svg(const Plot& plot, const std::vector<LrPoint>& points) {
  std::string dots = "<g fill=\"#9db7d5\">\n";
  std::string line =
      "<polyline id=\"smoothed\" fill=\"none\" stroke=\"#1f4e8c\" "
      "stroke-width=\"2\" points=\"";
  for (const LrPoint& p : points) {
    // Numbers of a loss that has left would be as long as it is large.
    const auto within = [](double at) {
      return std::clamp(at, -kSvgHeight, 2 * kSvgHeight);
    };
    dots += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2\"/>\n",
        plot.x(p.lr),
        within(plot.y(p.loss)));
    line +=
        fmt::format("{:.1f},{:.1f} ", plot.x(p.lr), within(plot.y(p.smoothed)));
  }
  return "<g clip-path=\"url(#plot)\">\n" + dots + "</g>\n" + line +
         "\"/>\n</g>\n";
}

/// A line up and down at a rate, its name above the plot in row `row`.
std::string mark_svg(
    const Plot& plot,
    const std::string& name,
    std::optional<double> lr,
    const std::string& look,
    int row) {
  if (!lr) {
    return "";
  }
  const double at = std::clamp(plot.x(*lr), kPlotLeft, kPlotRight);
  const double top = kPlotTop - 6 - 16 * row;
  const bool left_of_line = at > (kPlotLeft + kPlotRight) / 2;
  return fmt::format(
      "<g id=\"{}\" {}>\n{}<text stroke=\"none\" x=\"{:.1f}\" y=\"{:.1f}\" "
      "text-anchor=\"{}\">{} {:.2g}</text>\n</g>\n",
      name,
      look,
      svg_line(at, top - 8, at, kPlotBottom),
      at + (left_of_line ? -5 : 5),
      top,
      left_of_line ? "end" : "start",
      name,
      *lr);
}

}  // namespace

std::string lr_range_svg(const LrRangeReport& report) {
  const std::vector<LrPoint>& points = report.range.points;
  const Plot plot(points);
  const LrSuggestion& s = report.suggestion;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
      "<clipPath id=\"plot\"><rect x=\"{2}\" y=\"{3}\" width=\"{4}\" "
      "height=\"{5}\"/></clipPath>\n"
      "<text x=\"{2}\" y=\"26\" font-size=\"15\">Learning-rate range test: "
      "{6}</text>\n",
      kSvgWidth,
      kSvgHeight,
      kPlotLeft,
      kPlotTop,
      kPlotRight - kPlotLeft,
      kPlotBottom - kPlotTop,
      escaped(report.title));
  svg += plot.decades() + plot.losses() + curve_svg(plot, points);
  svg += mark_svg(
      plot,
      "steepest",
      s.steepest,
      "stroke=\"#888\" fill=\"#666\" stroke-dasharray=\"2 3\"",
      1);
  svg += mark_svg(
      plot,
      "rises",
      s.rises,
      "stroke=\"#c0392b\" fill=\"#c0392b\" stroke-dasharray=\"2 3\"",
      0);
  svg += mark_svg(
      plot,
      "suggested",
      s.peak,
      "stroke=\"#1e8449\" fill=\"#1e8449\" stroke-width=\"1.5\"",
      2);
  svg += "<g text-anchor=\"middle\" fill=\"#333\">\n" +
         svg_text(
             (kPlotLeft + kPlotRight) / 2,
             kPlotBottom + 40,
             "learning rate (dots: loss of a step; line: smoothed)") +
         "</g>\n";
  svg += fmt::format(
      "<text transform=\"translate(20 {:.1f}) rotate(-90)\" "
      "text-anchor=\"middle\" fill=\"#333\">training loss</text>\n</svg>\n",
      (kPlotTop + kPlotBottom) / 2);
  return svg;
}

}  // namespace convoy
