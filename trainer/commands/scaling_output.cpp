#include "trainer/commands/scaling_output.h"

#include <fmt/format.h>
#include <unistd.h>

#include "data/store/atomic_file.h"
#include "trainer/errors.h"

namespace convoy {

std::filesystem::path ScalingOutput::sibling(const char* ending) const {
  return json.parent_path() / (json.stem().string() + ending);
}

ScalingOutput claim_scaling_output(
    const std::string& out, const std::string& run_dir) {
  if (out.empty()) {
    auto lock = std::make_unique<RunLock>(run_dir);
    return {std::filesystem::path(run_dir) / "scaling.json", std::move(lock)};
  }
  const std::filesystem::path file(out);
  std::error_code ignored;
  if (!file.has_filename() || std::filesystem::is_directory(file, ignored)) {
    throw UsageError(fmt::format(
        "--out {} is a folder; want a file such as scaling.json", out));
  }
  if (file.extension() != ".json") {
    throw UsageError(fmt::format(
        "--out {}: want a name that ends in .json; the other files are called "
        "after it",
        out));
  }
  std::filesystem::create_directories(file.parent_path(), ignored);
  const std::filesystem::path probe = fmt::format("{}.probe-{}", out, getpid());
  write_atomically(probe, "");
  std::filesystem::remove(probe, ignored);
  return {file, nullptr};
}

std::string write_scaling_output(
    const ScalingOutput& output, const ScalingReport& report) {
  const std::filesystem::path picture = output.sibling(".svg");
  write_atomically(output.json, scaling_json(report, 2));
  write_atomically(output.sibling(".csv"), scaling_csv(report));
  write_atomically(output.sibling("_ranks.csv"), scaling_ranks_csv(report));
  write_atomically(picture, scaling_svg(report));
  write_atomically(
      output.sibling(".md"),
      scaling_markdown(report, picture.filename().string()));
  return fmt::format(
      "saved in {} and, beside it, {}, {}, {}, {}",
      output.json.string(),
      output.sibling(".csv").filename().string(),
      output.sibling("_ranks.csv").filename().string(),
      output.sibling(".md").filename().string(),
      picture.filename().string());
}

}  // namespace convoy
