#pragma once
// Collecting what is wrong with a config.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "trainer/config/config.h"

namespace convoy {

/// Collects "KEY: what is wrong" lines.
class Problems {
 public:
  /// Adds a line unless `fine`.
  template <class... Args>
  void require(bool fine, fmt::format_string<Args...> text, Args&&... args) {
    if (!fine) {
      lines_.push_back(fmt::format(text, std::forward<Args>(args)...));
    }
  }

  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

/// The parts of validate(), one for each group of sections.
void check_run(const RunOptions& run, Problems& p);
void check_data(const Config& c, Problems& p);
void check_eval(const EvalOptions& eval, Problems& p);
void check_normalize(const Config& c, Problems& p);
void check_net(const Config& c, Problems& p);
void check_fine_tune(const Config& c, Problems& p);
void check_optimizer(const OptimizerOptions& o, Problems& p);
void check_schedule(const Config& c, Problems& p);
void check_batch(const BatchOptions& b, Problems& p);

/// For messages about paths.
inline bool path_exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}
inline std::string absolute_path(const std::string& path) {
  // Asked for before it is known whether the message is needed, so "" is no
  // error.
  std::error_code ignored;
  return std::filesystem::absolute(path, ignored).string();
}

}  // namespace convoy
