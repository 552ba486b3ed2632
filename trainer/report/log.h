#pragma once
// What the user reads: plain lines on stderr and in RUN_DIR/log.txt, and a
// progress bar on a terminal.

#include <cstdio>
#include <filesystem>
#include <mutex>
#include <string>

namespace convoy {

/// Lines of one thread; note() from any, since a watchdog may have the last
/// word.
class Log {
 public:
  /// Only rank 0 speaks; a silent log ignores everything. `columns` of the
  /// terminal, 0 for none.
  Log(bool speaks, int columns) : speaks_(speaks), columns_(columns) {}
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Also appends lines to this file, those said before among them. Failing to
  /// is no reason to stop.
  void open_file(const std::filesystem::path& path);

  /// A line for the file alone: what the console is told elsewhere.
  void note(const std::string& text);
  /// One line.
  void line(const std::string& text);
  /// One line that begins with "warning: ".
  void warn(const std::string& text);
  /// Shows `text` in place of the bar before it. Nothing without a terminal.
  void bar(const std::string& text);
  /// Takes the bar away.
  void clear_bar();

  bool has_terminal() const { return speaks_ && columns_ > 0; }
  int columns() const { return columns_; }
  bool speaks() const { return speaks_; }

 private:
  bool speaks_;
  int columns_;
  bool bar_shown_ = false;
  std::FILE* file_ = nullptr;
  std::mutex file_mutex_;
  std::string before_file_;  ///< lines said before there was a file
};

}  // namespace convoy
