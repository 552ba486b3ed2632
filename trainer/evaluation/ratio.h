#pragma once
// Shares of counts.

#include <cstdint>
#include <limits>

namespace convoy {

/// NaN where there is nothing to divide by.
inline double ratio(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole)
                   : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace convoy
