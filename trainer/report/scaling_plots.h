#pragma once
// The two plots of a series in scaling_svg().

#include <array>
#include <string>

#include "trainer/report/scaling_report.h"

namespace convoy {

/// Where a plot's axes are, in pixels.
struct PlotFrame {
  double left = 0;
  double right = 0;
  double top = 0;
  double bottom = 0;
};

/// By StepPart.
constexpr std::array<const char*, 6> kPartColours{
    "#e69f00", "#4477aa", "#aa3377", "#cc3311", "#228833", "#bbbbbb"};

/// A diamond around a point.
std::string predicted_mark(double x, double y);

/// Images a second over ranks, both by their logarithms, so that ideal speedup
/// is a straight line: measured with range and efficiency, and predicted.
std::string rates_plot(
    const ScalingReport& report,
    const ScalingSeries& series,
    const PlotFrame& frame);

/// A bar a number of ranks, of the parts of a step that are above 0, with a
/// line where it would end if nothing were lost.
std::string steps_plot(
    const ScalingReport& report,
    const ScalingSeries& series,
    const PlotFrame& frame);

}  // namespace convoy
