#include "trainer/report/svg.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

namespace convoy {

std::string svg_line(double x1, double y1, double x2, double y2) {
  return fmt::format(
      "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n",
      x1,
      y1,
      x2,
      y2);
}

std::string svg_text(double x, double y, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", x, y, text);
}

std::vector<double> round_numbers(double least, double most, int wanted) {
  const double between = (most - least) / wanted;
  const double power = std::pow(10, std::floor(std::log10(between)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * power >= between) {
      step = factor * power;
    }
  }
  std::vector<double> numbers;
  for (auto k = static_cast<std::int64_t>(std::ceil(least / step));
       static_cast<double>(k) * step <= most;
       ++k) {
    numbers.push_back(static_cast<double>(k) * step);
  }
  return numbers;
}

}  // namespace convoy
