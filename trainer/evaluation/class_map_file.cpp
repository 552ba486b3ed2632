#include "trainer/evaluation/class_map_file.h"

#include <fmt/format.h>

#include "data/errors.h"
#include "data/store/durable.h"
#include "trainer/config/node.h"
#include "trainer/evaluation/csv.h"

namespace convoy {
namespace {

constexpr std::size_t kMostMapBytes = std::size_t{16} << 20;

std::vector<Renaming> renamings_of_yaml(
    const std::string& path, const std::string& text) {
  std::vector<std::string> problems;
  const Node root = parse_yaml(text, problems);
  if (!problems.empty()) {
    throw BadData(fmt::format("{}: {}", path, problems[0]));
  }
  if (root.kind != Node::Kind::map) {
    throw BadData(fmt::format(
        "{}: want a map of old class: new class, got {}",
        path,
        root.describe()));
  }
  std::vector<Renaming> renamings;
  for (const NodeEntry& entry : root.map) {
    const bool is_dropped = entry.value.kind == Node::Kind::null;
    if (!is_dropped && entry.value.kind != Node::Kind::scalar) {
      throw BadData(fmt::format(
          "{}:{}: want the new name of class \"{}\", or nothing to drop it, "
          "got {}",
          path,
          entry.line,
          entry.key,
          entry.value.describe()));
    }
    renamings.push_back(
        {entry.key, is_dropped ? "" : entry.value.scalar, entry.line});
  }
  return renamings;
}

std::vector<CsvRow> rows_of(const std::string& path, const std::string& text) {
  try {
    return read_csv(text);
  } catch (const BadData& e) {
    throw BadData(fmt::format("{}: {}", path, e.what()));
  }
}

std::vector<Renaming> renamings_of_csv(
    const std::string& path, const std::string& text) {
  const std::vector<std::string> titles{"old", "new"};
  std::vector<Renaming> renamings;
  for (const CsvRow& row : rows_of(path, text)) {
    if (row.fields.size() != 2) {
      throw BadData(fmt::format(
          "{}:{}: want old class,new class, got {} column{}{}",
          path,
          row.line,
          row.fields.size(),
          row.fields.size() == 1 ? "" : "s",
          row.fields[0].find(';') == std::string::npos
              ? ""
              : "; columns are parted by commas here, not by semicolons"));
    }
    if (!renamings.empty() || row.fields != titles) {
      renamings.push_back({row.fields[0], row.fields[1], row.line});
    }
  }
  if (renamings.empty()) {
    throw BadData(
        path + ": it names no class; want old class,new class, one a line");
  }
  return renamings;
}

}  // namespace

std::vector<Renaming> read_class_map(const std::string& path) {
  const std::string text = read_whole_file(path, kMostMapBytes);
  if (path.ends_with(".csv")) {
    return renamings_of_csv(path, text);
  }
  if (path.ends_with(".yaml") || path.ends_with(".yml")) {
    return renamings_of_yaml(path, text);
  }
  throw BadData(fmt::format(
      "{}: want a class map that ends in .yaml, .yml or .csv", path));
}

}  // namespace convoy
