// Reads a list of pictures and labels.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include "data/errors.h"
#include "data/importers/plan/plan.h"
#include "data/store/durable.h"
#include "data/store/printable.h"

namespace convoy {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxListBytes = std::size_t{4} << 30;
constexpr int kLastLabel = (1 << 24) - 1;
constexpr std::string_view kBlanks = " \t";

// The lines of a text with the blanks at their ends taken off; empty ones too,
// so that the n-th is line n.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    const std::size_t last = line.find_last_not_of(" \t\r");
    lines.push_back(line.substr(0, last == line.npos ? 0 : last + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

class Labels {
 public:
  explicit Labels(const std::string& names_file) {
    if (names_file.empty()) {
      return;
    }
    const std::string text = read_whole_file(names_file, kMaxListBytes);
    for (const std::string_view line : lines_of(text)) {
      names_.emplace_back(line);
      if (line.empty() || !by_name_.emplace(line, names_.size() - 1).second) {
        throw BadData(fmt::format(
            "{}:{}: the class name '{}' is {}",
            names_file,
            names_.size(),
            printable(line),
            line.empty() ? "empty" : "there already"));
      }
    }
    if (names_.empty()) {
      throw BadData(fmt::format("{} holds no class names", names_file));
    }
  }

  const std::vector<std::string>& names() const { return names_; }

  // Throws BadData (without the place) when `text` is no label.
  int label(std::string_view text) const {
    const auto found = by_name_.find(std::string(text));
    if (found != by_name_.end()) {
      return static_cast<int>(found->second);
    }
    int value = -1;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    const bool number =
        error == std::errc() && end == text.data() + text.size();
    const int limit =
        names_.empty() ? kLastLabel : static_cast<int>(names_.size()) - 1;
    if (!number || value < 0 || value > limit) {
      throw BadData(fmt::format(
          "the label is '{}'; wanted: a number from 0 to {}{}",
          printable(text),
          limit,
          names_.empty() ? "" : ", or a class name"));
    }
    return value;
  }

  bool is_name(std::string_view text) const {
    return by_name_.contains(std::string(text));
  }

 private:
  std::vector<std::string> names_;
  std::map<std::string, std::size_t> by_name_;
};

// Where the label begins: after the last blank, unless a class name that holds
// blanks itself ends the line.
std::size_t start_of_label(std::string_view line, const Labels& labels) {
  for (std::size_t blank = line.find_first_of(kBlanks); blank != line.npos;
       blank = line.find_first_of(kBlanks, blank + 1)) {
    if (labels.is_name(line.substr(blank + 1))) {
      return blank + 1;
    }
  }
  const std::size_t last = line.find_last_of(kBlanks);
  return last == line.npos ? line.npos : last + 1;
}

// One line that is not empty. Throws BadData without the place.
Source parse_line(std::string_view line, const Labels& labels) {
  const std::size_t label = start_of_label(line, labels);
  if (label == line.npos) {
    throw BadData(fmt::format(
        "'{}' is no path and label with a blank between", printable(line)));
  }
  std::string_view path = line.substr(0, label - 1);
  const std::size_t last = path.find_last_not_of(kBlanks);
  path = path.substr(0, last == path.npos ? 0 : last + 1);
  if (path.empty()) {
    throw BadData("the path is empty");
  }
  Source source;
  source.name = path;
  source.label = labels.label(line.substr(label));
  return source;
}

}  // namespace

ImportPlan plan_list(const ListOptions& options) {
  const fs::path list = fs::absolute(options.list).lexically_normal();
  const fs::path root =
      options.root.empty() ? list.parent_path() : fs::absolute(options.root);
  std::error_code failure;
  if (!options.root.empty() && !fs::is_directory(root, failure)) {
    throw MissingInput(fmt::format(
        "{} is no folder{}{}; name the one that the list's paths lie below",
        root.string(),
        failure ? ": " : "",
        failure ? failure.message() : ""));
  }
  const Labels labels(options.names);
  const std::string text = read_whole_file(list.string(), kMaxListBytes);
  ImportPlan plan;
  plan.class_names = labels.names();
  std::size_t number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    if (line.empty()) {
      continue;
    }
    try {
      Source source = parse_line(line, labels);
      if (const auto reason = reason_to_refuse(source.name)) {
        plan.refused.push_back({source.name, *reason});
        continue;
      }
      // An absolute name replaces the root.
      source.file = (root / source.name).string();
      plan.sources.push_back(std::move(source));
    } catch (const BadData& error) {
      throw BadData(
          fmt::format("{}:{}: {}", list.string(), number, error.what()));
    }
  }
  if (plan.sources.empty()) {
    throw BadData(fmt::format(
        "{} lists no pictures{}",
        list.string(),
        plan.refused.empty() ? ""
                             : fmt::format(
                                   " that may be read: {}: {}",
                                   printable(plan.refused[0].name),
                                   plan.refused[0].reason)));
  }
  plan.made_by = {
      {"command", "import list"},
      {"source", list.string()},
      {"root", root.string()}};
  return plan;
}

}  // namespace convoy
