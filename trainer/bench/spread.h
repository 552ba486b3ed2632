#pragma once
// What repeats of a measurement say.

#include <algorithm>
#include <vector>

namespace convoy {

struct Spread {
  double median = 0;
  double least = 0;
  double most = 0;
};

/// Of at least one value.
inline Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  const double median = values.size() % 2 == 1
                            ? values[middle]
                            : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back()};
}

}  // namespace convoy
