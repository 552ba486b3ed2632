// The picture of a measurement of speedup.

#include <fmt/format.h>

#include "trainer/evaluation/markup.h"
#include "trainer/report/scaling_plots.h"
#include "trainer/report/svg.h"

namespace convoy {
namespace {

// In pixels.
constexpr double kPictureWidth = 960;
constexpr double kHeadHeight = 84;
constexpr double kBandHeight = 320;
constexpr PlotFrame kRatesFrame{78, 486, 34, 254};  // inside a band
constexpr PlotFrame kStepsFrame{568, 936, 34, 254};

PlotFrame below(PlotFrame frame, double top) {
  frame.top += top;
  frame.bottom += top;
  return frame;
}

std::string rates_legend() {
  const double y = 58;
  return "<g stroke=\"#1f4e8c\" stroke-width=\"1.5\">\n" +
         svg_line(78, y, 102, y) +
         fmt::format(
             "<circle cx=\"90\" cy=\"{}\" r=\"3.5\" fill=\"#1f4e8c\"/>\n", y) +
         "</g>\n" + svg_text(108, y + 4, "measured, range, efficiency") +
         "<g stroke=\"#888\" stroke-dasharray=\"5 4\">\n" +
         svg_line(292, y, 316, y) + "</g>\n" + svg_text(322, y + 4, "ideal") +
         predicted_mark(378, y) + svg_text(390, y + 4, "predicted");
}

std::string parts_legend() {
  std::string svg;
  double x = kStepsFrame.left - 38;
  for (std::size_t p = 0; p < kStepPartNames.size(); ++p) {
    const std::string name(kStepPartNames[p]);
    svg += fmt::format(
        "<rect x=\"{:.1f}\" y=\"52\" width=\"11\" height=\"11\" "
        "fill=\"{}\"/>\n",
        x,
        kPartColours[p]);
    svg += svg_text(x + 15, 62, name);
    x += 26 + 8.2 * static_cast<double>(name.size());
  }
  return svg;
}

/// What is along the axes.
std::string axis_names(const PlotFrame& frame, const char* upwards) {
  const double beside = frame.left - 54;
  return "<g text-anchor=\"middle\" fill=\"#333\">\n" +
         svg_text((frame.left + frame.right) / 2, frame.bottom + 36, "ranks") +
         fmt::format(
             "<text transform=\"translate({:.1f} {:.1f}) rotate(-90)\">{}"
             "</text>\n</g>\n",
             beside,
             (frame.top + frame.bottom) / 2,
             upwards);
}

std::string band(
    const ScalingReport& report, const ScalingSeries& series, double top) {
  const PlotFrame rates = below(kRatesFrame, top);
  const PlotFrame steps = below(kStepsFrame, top);
  return fmt::format(
             "<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"13\" "
             "font-weight=\"bold\">{}</text>\n",
             rates.left,
             top + 22,
             describe(series)) +
         rates_plot(report, series, rates) + axis_names(rates, "images/s") +
         steps_plot(report, series, steps) +
         axis_names(steps, "ms of a step (dashes: ideal)");
}

}  // namespace

std::string scaling_svg(const ScalingReport& report) {
  const double height =
      kHeadHeight +
      kBandHeight * static_cast<double>(report.options.series.size());
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
      "<text x=\"{2}\" y=\"30\" font-size=\"15\">Scaling of {3}: {4}</text>\n",
      kPictureWidth,
      height,
      kRatesFrame.left,
      escaped(report.net),
      escaped(report.ranks));
  svg += rates_legend() + parts_legend();
  double top = kHeadHeight;
  for (const ScalingSeries& series : report.options.series) {
    svg += band(report, series, top);
    top += kBandHeight;
  }
  return svg + "</svg>\n";
}

}  // namespace convoy
