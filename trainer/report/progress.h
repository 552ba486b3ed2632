#pragma once
// The text of a progress bar.

#include <chrono>
#include <cstdint>
#include <string>

#include "trainer/report/log.h"

namespace convoy {

/// "1:02:03", "4:05", "0:07".
std::string format_duration(double seconds);

/// "#####.....": `width` characters, `fraction` of them filled.
std::string draw_bar(double fraction, int width);

/// A bar over a known number of items, redrawn at most five times a second.
class Progress {
 public:
  /// `done` of `total` are there already and not part of the rate.
  Progress(
      Log& log, std::string title, std::int64_t total, std::int64_t done = 0);
  ~Progress() { log_.clear_bar(); }

  /// `items` are complete, counted as all when there are more; `details` stand
  /// behind the bar.
  void update(std::int64_t items, const std::string& details = "");

 private:
  using Clock = std::chrono::steady_clock;

  Log& log_;
  std::string title_;
  std::int64_t total_;
  std::int64_t first_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point drawn_{};
};

}  // namespace convoy
