#pragma once
// Collecting what is wrong with a config.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "nets/registry.h"
#include "trainer/config/config.h"

namespace convoy {

/// A rule that a config breaks.
struct Problem {
  std::vector<std::string> keys;  ///< that the rule is about
  std::string what;               ///< the values seen, the values wanted

  /// "batch.global, batch.per_rank: 0 and 0; set exactly one above 0".
  std::string text() const {
    return fmt::format("{}: {}", fmt::join(keys, ", "), what);
  }
};

/// Collects them.
class Problems {
 public:
  /// Adds one unless `fine`.
  template <class... Args>
  void require(
      bool fine,
      std::vector<std::string> keys,
      fmt::format_string<Args...> what,
      Args&&... args) {
    if (!fine) {
      list_.push_back(
          {std::move(keys), fmt::format(what, std::forward<Args>(args)...)});
    }
  }

  std::vector<Problem> take() { return std::move(list_); }

 private:
  std::vector<Problem> list_;
};

/// The parts of validate(), one for each group of sections.
void check_run(const RunOptions& run, Problems& p);
void check_data(const Config& c, Problems& p);
void check_patience(const Config& c, Problems& p);
void check_eval(const EvalOptions& eval, Problems& p);
void check_normalize(const Config& c, Problems& p);
/// Whether pictures of `px` leave something for the last layers to see.
void check_smallest(const char* key, int px, const NetFacts& net, Problems& p);
void check_net(const Config& c, Problems& p);
void check_fine_tune(const Config& c, Problems& p);
void check_unfreeze(const Config& c, Problems& p);
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
