#include "trainer/checkpoint/store.h"

#include <fmt/format.h>

#include <algorithm>

#include "data/errors.h"
#include "data/store/atomic_file.h"
#include "trainer/checkpoint/contents.h"
#include "trainer/report/event_file.h"

namespace convoy {
namespace {

constexpr std::string_view kPrefix = "step-";
constexpr std::string_view kSuffix = ".safetensors";

/// What a run writes into its folder, beside its event files.
constexpr std::string_view kOfARun[] = {
    "checkpoints",
    "config.yaml",
    "log.txt",
    "metrics.jsonl",
    "summary.csv",
    "passport.json"};

std::vector<std::filesystem::path> files_of_run(
    const std::filesystem::path& run_dir) {
  std::vector<std::filesystem::path> found;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(run_dir, none)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kEventFilePrefix) ||
        std::find(std::begin(kOfARun), std::end(kOfARun), name) !=
            std::end(kOfARun)) {
      found.push_back(entry.path());
    }
  }
  return found;
}

/// Steps are padded with zeros, so names sort as numbers.
std::string file_name(std::int64_t step) {
  return fmt::format("{}{:09}{}", kPrefix, step, kSuffix);
}

void move_to(
    const std::filesystem::path& path, const std::filesystem::path& home) {
  std::error_code error;
  std::filesystem::create_directories(home, error);
  std::filesystem::rename(path, home / path.filename(), error);
  if (error) {
    throw WriteFailure(fmt::format(
        "can't move {} to {}: {}. Mend the folder's permissions, or choose "
        "another with --set run.dir=...",
        path.string(),
        home.string(),
        error.message()));
  }
}

bool is_checkpoint(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with(kPrefix) && name.ends_with(kSuffix);
}

}  // namespace

CheckpointStore::CheckpointStore(std::filesystem::path run_dir, int keep)
    : run_dir_(std::move(run_dir)),
      folder_(run_dir_ / "checkpoints"),
      keep_(keep) {}

void CheckpointStore::save(
    const TensorFile& file, std::int64_t step, bool best) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  remove_leftovers(folder_);
  // Those of later steps could not be read when this run began; counted among
  // the ones to keep they would push out the good ones.
  set_aside_after(step);
  const auto path = folder_ / file_name(step);
  write_tensor_file(path, file);
  if (best) {
    // A second name for the same file, put in place in one move.
    const auto link = folder_ / ".writing-best";
    std::filesystem::remove(link, error);
    std::filesystem::create_hard_link(path, link, error);
    if (!error) {
      std::filesystem::rename(link, folder_ / "best.safetensors", error);
    }
    if (error) {  // a file system without links
      write_tensor_file(folder_ / "best.safetensors", file);
    }
  }
  const auto all = newest_first();
  for (std::size_t i = static_cast<std::size_t>(keep_); i < all.size(); ++i) {
    std::filesystem::remove(all[i], error);
  }
}

std::vector<std::filesystem::path> CheckpointStore::newest_first() const {
  std::vector<std::filesystem::path> all;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, none)) {
    if (is_checkpoint(entry.path())) {
      all.push_back(entry.path());
    }
  }
  std::sort(all.rbegin(), all.rend());
  return all;
}

std::optional<CheckpointStore::Found> CheckpointStore::load_newest(
    const std::function<void(const std::string&)>& say) const {
  const auto all = newest_first();
  for (const auto& path : all) {
    try {
      return Found{path, read_tensor_file(path)};
    } catch (const std::runtime_error& e) {
      say(fmt::format("{}; trying the one before", e.what()));
    }
  }
  if (!all.empty()) {
    throw MissingInput(fmt::format(
        "none of the {} checkpoints in {} is whole. To start afresh and keep "
        "them: --resume never",
        all.size(),
        std::filesystem::absolute(folder_).string()));
  }
  return std::nullopt;
}

std::filesystem::path CheckpointStore::new_home() const {
  int n = 1;
  while (std::filesystem::exists(run_dir_ / fmt::format("previous-{}", n))) {
    ++n;
  }
  return run_dir_ / fmt::format("previous-{}", n);
}

void CheckpointStore::set_aside() {
  if (newest_first().empty()) {
    return;
  }
  const auto home = new_home();
  for (const auto& path : files_of_run(run_dir_)) {
    move_to(path, home);
  }
}

CheckpointStore::Moved CheckpointStore::set_aside_after(std::int64_t step) {
  const auto home = new_home() / folder_.filename();
  Moved moved{.count = 0, .home = home};
  for (const auto& path : newest_first()) {
    if (path.filename().string() > file_name(step)) {
      move_to(path, home);
      ++moved.count;
    }
  }
  return moved;
}

void CheckpointStore::set_best_aside_after(
    std::int64_t step,
    std::int64_t best_step,
    const std::filesystem::path& home) {
  const auto best = folder_ / "best.safetensors";
  std::error_code ignored;
  if (!std::filesystem::exists(best, ignored)) {
    return;
  }
  try {
    const TensorFile file = read_tensor_file(best);
    if (facts_of_checkpoint(file, best.string()).state.step <= step) {
      return;
    }
  } catch (const BadData&) {
    // Nobody can use it.
  }
  move_to(best, home);
  std::filesystem::create_hard_link(
      folder_ / file_name(best_step), best, ignored);
}

}  // namespace convoy
