#include "trainer/checkpoint/store.h"

#include <fmt/format.h>

#include <algorithm>

#include "data/errors.h"
#include "trainer/checkpoint/atomic_file.h"

namespace convoy {
namespace {

constexpr std::string_view kPrefix = "step-";
constexpr std::string_view kSuffix = ".safetensors";

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
  const auto path = folder_ / fmt::format("{}{:09}{}", kPrefix, step, kSuffix);
  write_tensor_file(path, file);
  if (best) {
    // A second name for the same file, put in place in one move.
    const auto link = folder_ / ".writing-best";
    std::filesystem::remove(link, error);
    std::filesystem::create_hard_link(path, link, error);
    if (error) {
      write_tensor_file(folder_ / "best.safetensors", file);
    } else {
      std::filesystem::rename(link, folder_ / "best.safetensors", error);
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
  // Steps are padded with zeros, so names sort as numbers.
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

void CheckpointStore::set_aside() {
  std::error_code error;
  std::vector<std::filesystem::path> old;
  for (const auto& entry :
       std::filesystem::directory_iterator(run_dir_, error)) {
    const std::string name = entry.path().filename().string();
    if (name != ".lock" && !name.starts_with("previous-")) {
      old.push_back(entry.path());
    }
  }
  if (newest_first().empty()) {
    return;
  }
  int n = 1;
  while (std::filesystem::exists(run_dir_ / fmt::format("previous-{}", n))) {
    ++n;
  }
  const auto home = run_dir_ / fmt::format("previous-{}", n);
  std::filesystem::create_directories(home, error);
  for (const auto& path : old) {
    std::filesystem::rename(path, home / path.filename(), error);
    if (error) {
      throw WriteFailure(fmt::format(
          "can't move {} to {}: {}",
          path.string(),
          home.string(),
          error.message()));
    }
  }
}

}  // namespace convoy
