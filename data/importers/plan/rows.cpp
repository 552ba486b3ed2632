// Takes over what a source of one's own names.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "data/errors.h"
#include "data/importers/plan/plan.h"
#include "data/importers/source.h"
#include "data/store/printable.h"

namespace convoy {
namespace {

namespace fs = std::filesystem;

/// The folder of paths that are not absolute.
fs::path folder_of_rows(const fs::path& from) {
  std::error_code ignored;
  return fs::is_directory(from, ignored) ? from : from.parent_path();
}

/// Throws BadData (without the place).
void check_row(const PictureRow& row) {
  if (row.path.empty() || row.label.empty()) {
    throw BadData(fmt::format(
        "the path is '{}' and the label '{}'; want both",
        printable(row.path),
        printable(row.label)));
  }
  check_class_name(row.label);
}

/// The rows that may be read; the others are in the plan's refused.
std::vector<PictureRow> checked_rows(
    std::vector<PictureRow> rows, const std::string& place, ImportPlan& plan) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    try {
      check_row(rows[i]);
    } catch (const BadData& error) {
      throw BadData(
          fmt::format("{}: picture {}: {}", place, i + 1, error.what()));
    }
  }
  std::erase_if(rows, [&](const PictureRow& row) {
    const auto reason = reason_to_refuse(row.path);
    if (reason) {
      plan.refused.push_back({row.path, *reason});
    }
    return reason.has_value();
  });
  if (rows.empty()) {
    throw BadData(fmt::format(
        "{} names no pictures{}",
        place,
        plan.refused.empty() ? ""
                             : fmt::format(
                                   " that may be read: {}: {}",
                                   printable(plan.refused[0].name),
                                   plan.refused[0].reason)));
  }
  return rows;
}

/// Class name to label: the sorted names' places.
std::map<std::string, int> labels_of(const std::vector<PictureRow>& rows) {
  std::map<std::string, int> labels;
  for (const PictureRow& row : rows) {
    labels[row.label] = 0;
  }
  int next = 0;
  for (auto& [name, label] : labels) {
    label = next++;
  }
  return labels;
}

}  // namespace

ImportPlan plan_rows(const PictureSource& source, const std::string& from) {
  const fs::path origin = fs::absolute(from).lexically_normal();
  const fs::path folder = folder_of_rows(origin);
  ImportPlan plan;
  const std::vector<PictureRow> rows = checked_rows(
      source.rows(from),
      fmt::format("{} {}", source.name, origin.string()),
      plan);
  const auto labels = labels_of(rows);
  for (const auto& [name, label] : labels) {
    plan.class_names.push_back(name);
  }
  plan.made_by = {
      {"command", "import " + source.name}, {"source", origin.string()}};
  for (const PictureRow& row : rows) {
    plan.sources.push_back(
        {.file = (folder / row.path).string(),
         .name = row.path,
         .label = labels.at(row.label),
         .group = row.group});
    if (!row.group.empty()) {
      plan.made_by["groups"] = "the source's";
    }
  }
  return plan;
}

}  // namespace convoy
