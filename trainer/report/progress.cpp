#include "trainer/report/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace convoy {

std::string format_duration(double seconds) {
  const auto s =
      static_cast<std::int64_t>(std::llround(std::max(0.0, seconds)));
  if (s >= 3600) {
    return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  }
  return fmt::format("{}:{:02}", s / 60, s % 60);
}

std::string draw_bar(double fraction, int width) {
  const auto filled =
      static_cast<std::size_t>(std::clamp(fraction, 0.0, 1.0) * width + 0.5);
  return std::string(filled, '#') +
         std::string(static_cast<std::size_t>(width) - filled, '.');
}

Progress::Progress(
    Log& log, std::string title, std::int64_t total, std::int64_t done)
    : log_(log), title_(std::move(title)), total_(total), first_(done) {}

void Progress::update(std::int64_t items, const std::string& details) {
  const std::int64_t done = std::min(items, total_);
  const auto now = Clock::now();
  if (!log_.has_terminal() ||
      (now - drawn_ < std::chrono::milliseconds(200) && done < total_)) {
    return;
  }
  drawn_ = now;
  const double spent = std::chrono::duration<double>(now - start_).count();
  const double fraction =
      total_ > 0 ? static_cast<double>(done) / static_cast<double>(total_) : 1;
  const auto fresh = static_cast<double>(done - first_);
  const std::string eta =
      fresh > 0
          ? format_duration(spent / fresh * static_cast<double>(total_ - done))
          : "-:--";
  log_.bar(fmt::format(
      "{} [{}] {:3.0f}% {} ETA {}",
      title_,
      draw_bar(fraction, 24),
      100 * fraction,
      details,
      eta));
}

}  // namespace convoy
