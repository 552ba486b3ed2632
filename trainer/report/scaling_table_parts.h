#pragma once
// The tables of a measurement of speedup, one by one; those that would say
// nothing have no rows.

#include <string>

#include "trainer/report/scaling_report.h"

namespace convoy {

/// A line a number of ranks.
ReportTable series_table(
    const ScalingReport& report, const ScalingSeries& series);

/// What is lost against the fewest ranks.
ReportTable lost_table(
    const ScalingReport& report, const ScalingSeries& series);

/// The phases of each of the most ranks, or of the slowest where they are many.
ReportTable ranks_table(
    const ScalingReport& report, const ScalingSeries& series);

/// Predicted beside measured.
ReportTable checks_table(const ScalingReport& report);

ReportTable predictions_table(const ScalingReport& report);

/// Time and cost of what is to be trained.
ReportTable time_table(const ScalingReport& report);

/// With so many digits behind the point.
std::string with_digits(double value, int digits);

}  // namespace convoy
