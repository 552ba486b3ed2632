#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "trainer/report/scaling_plots.h"
#include "trainer/report/svg.h"

namespace convoy {
namespace {

// In pixels.
constexpr double kLabelWidth = 22;       // of a number of ranks
constexpr double kEfficiencyWidth = 40;  // of "100 %", with room beside

/// A number's place on an axis of logarithms.
struct LogAxis {
  double least = 1;
  double most = 1;
  double from = 0;  ///< pixels
  double to = 0;

  double at(double value) const {
    return from +
           std::log(value / least) / std::log(most / least) * (to - from);
  }
};

/// What is drawn at a number of ranks.
struct RatePoint {
  int ranks = 1;
  double rate = 0;
};

struct RatesOfSeries {
  std::vector<const ScalingRow*> measured;
  std::vector<RatePoint> predicted;
  RatePoint fewest;

  double ideal(int ranks) const { return fewest.rate * ranks / fewest.ranks; }
};

RatesOfSeries rates_in(
    const ScalingReport& report, const ScalingSeries& series) {
  RatesOfSeries rates;
  rates.measured = rows_of(report.rows, series);
  rates.fewest = {
      rates.measured.front()->ranks, rates.measured.front()->images_per_second};
  const auto add = [&](const Forecast& f) {
    if (f.series == series) {
      rates.predicted.push_back({f.step.ranks, f.images_per_second});
    }
  };
  for (const Checked& check : check_predictions(report.rows)) {
    add(check.predicted);
  }
  std::for_each(report.predictions.begin(), report.predictions.end(), add);
  return rates;
}

/// Every number of ranks that is measured or predicted.
std::set<int> ranks_in(const RatesOfSeries& rates) {
  std::set<int> ranks;
  for (const ScalingRow* row : rates.measured) {
    ranks.insert(row->ranks);
  }
  for (const RatePoint& point : rates.predicted) {
    ranks.insert(point.ranks);
  }
  return ranks;
}

LogAxis rate_axis(
    const RatesOfSeries& rates, int most_ranks, const PlotFrame& frame) {
  double least = rates.fewest.rate;
  double most = rates.ideal(most_ranks);
  for (const ScalingRow* row : rates.measured) {
    least = std::min(least, row->least);
    most = std::max(most, row->most);
  }
  for (const RatePoint& point : rates.predicted) {
    least = std::min(least, point.rate);
    most = std::max(most, point.rate);
  }
  return {std::max(least, 1e-9) / 1.15, most * 1.15, frame.bottom, frame.top};
}

/// 1, 2 and 5 times powers of ten, or round numbers where those are too few.
std::vector<double> rate_marks(const LogAxis& axis) {
  if (axis.most < 20 * axis.least) {
    return round_numbers(axis.least, axis.most, 5);
  }
  std::vector<double> marks;
  for (double power = std::pow(10, std::floor(std::log10(axis.least)));
       power < axis.most;
       power *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double value = factor * power;
      if (value >= axis.least && value <= axis.most) {
        marks.push_back(value);
      }
    }
  }
  return marks;
}

std::string rate_grid(
    const std::set<int>& ranks,
    const LogAxis& x,
    const LogAxis& y,
    const PlotFrame& frame) {
  std::string lines = "<g stroke=\"#e3e3e3\">\n";
  std::string below = "<g text-anchor=\"middle\" fill=\"#555\">\n";
  std::string beside = "<g text-anchor=\"end\" fill=\"#555\">\n";
  double free_from = frame.left - kLabelWidth;
  for (const int n : ranks) {
    lines += svg_line(x.at(n), frame.top, x.at(n), frame.bottom);
    if (x.at(n) >= free_from) {
      below += svg_text(x.at(n), frame.bottom + 17, std::to_string(n));
      free_from = x.at(n) + kLabelWidth;
    }
  }
  for (const double rate : rate_marks(y)) {
    lines += svg_line(frame.left, y.at(rate), frame.right, y.at(rate));
    beside +=
        svg_text(frame.left - 8, y.at(rate) + 4, fmt::format("{:.6g}", rate));
  }
  return lines + "</g>\n" + below + "</g>\n" + beside + "</g>\n";
}

/// Beside the points, from the most ranks down as far as they do not overlap.
std::string efficiencies(
    const RatesOfSeries& rates, const LogAxis& x, const LogAxis& y) {
  std::string labels = "<g fill=\"#1f4e8c\">\n";
  double free_up_to = x.to;
  for (auto row = rates.measured.rbegin(); row + 1 != rates.measured.rend();
       ++row) {
    const double at = x.at((*row)->ranks);
    if (at <= free_up_to) {
      labels += svg_text(
          at + 7,
          y.at((*row)->images_per_second) + 14,
          fmt::format("{:.0f} %", 100 * (*row)->efficiency));
      free_up_to = at - kEfficiencyWidth;
    }
  }
  return labels + "</g>\n";
}

std::string measured_points(
    const RatesOfSeries& rates, const LogAxis& x, const LogAxis& y) {
  std::string line;
  std::string points;
  for (const ScalingRow* row : rates.measured) {
    const double at = x.at(row->ranks);
    const double high = y.at(row->images_per_second);
    line += fmt::format("{:.1f},{:.1f} ", at, high);
    points += svg_line(at, y.at(row->least), at, y.at(row->most));
    for (const double end : {row->least, row->most}) {
      points += svg_line(at - 4, y.at(end), at + 4, y.at(end));
    }
    points += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\" fill=\"#1f4e8c\"/>\n",
        at,
        high);
  }
  return fmt::format(
             "<g class=\"measured\" stroke=\"#1f4e8c\" stroke-width=\"1.5\" "
             "fill=\"none\">\n<polyline points=\"{}\"/>\n{}</g>\n",
             line,
             points) +
         efficiencies(rates, x, y);
}

}  // namespace

std::string predicted_mark(double x, double y) {
  return fmt::format(
      "<path d=\"M{:.1f} {:.1f}l5 5l-5 5l-5 -5z\" fill=\"none\" "
      "stroke=\"#cc3311\" stroke-width=\"1.5\"/>\n",
      x,
      y - 5);
}

std::string rates_plot(
    const ScalingReport& report,
    const ScalingSeries& series,
    const PlotFrame& frame) {
  const RatesOfSeries rates = rates_in(report, series);
  const std::set<int> ranks = ranks_in(rates);
  const LogAxis x{
      *ranks.begin() / 1.3, *ranks.rbegin() * 1.3, frame.left, frame.right};
  const LogAxis y = rate_axis(rates, *ranks.rbegin(), frame);
  std::string svg = rate_grid(ranks, x, y, frame);
  svg += "<g class=\"ideal\" stroke=\"#888\" stroke-dasharray=\"5 4\">\n" +
         svg_line(
             x.at(rates.fewest.ranks),
             y.at(rates.fewest.rate),
             x.at(*ranks.rbegin()),
             y.at(rates.ideal(*ranks.rbegin()))) +
         "</g>\n" + measured_points(rates, x, y);
  svg += "<g class=\"predicted\">\n";
  for (const RatePoint& point : rates.predicted) {
    svg += predicted_mark(x.at(point.ranks), y.at(point.rate));
  }
  return svg + "</g>\n";
}

}  // namespace convoy
