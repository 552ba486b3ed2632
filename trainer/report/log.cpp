#include "trainer/report/log.h"

#include <fmt/format.h>

namespace convoy {

Log::~Log() {
  clear_bar();
  if (file_ != nullptr) {
    std::fclose(file_);
  }
}

void Log::open_file(const std::filesystem::path& path) {
  const std::lock_guard guard(file_mutex_);
  if (!speaks_ || file_ != nullptr) {
    return;
  }
  file_ = std::fopen(path.c_str(), "ae");
  if (file_ != nullptr) {
    fmt::print(file_, "{}", before_file_);
    std::fflush(file_);
    before_file_.clear();
  }
}

void Log::note(const std::string& text) {
  if (!speaks_) {
    return;
  }
  const std::lock_guard guard(file_mutex_);
  if (file_ == nullptr) {
    before_file_ += text + "\n";
    return;
  }
  fmt::print(file_, "{}\n", text);
  std::fflush(file_);
}

void Log::line(const std::string& text) {
  if (!speaks_) {
    return;
  }
  clear_bar();
  fmt::print(stderr, "{}\n", text);
  std::fflush(stderr);
  note(text);
}

void Log::warn(const std::string& text) {
  line("warning: " + text);
}

void Log::bar(const std::string& text) {
  if (has_terminal()) {
    fmt::print(
        stderr,
        "\r\033[K{}",
        text.substr(0, static_cast<std::size_t>(columns_)));
    std::fflush(stderr);
    bar_shown_ = true;
  }
}

void Log::clear_bar() {
  if (bar_shown_) {
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
    bar_shown_ = false;
  }
}

}  // namespace convoy
