#include "trainer/config/read.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "data/errors.h"
#include "trainer/config/fields.h"
#include "trainer/config/key_meant.h"
#include "trainer/config/node.h"
#include "trainer/config/scalar.h"
#include "trainer/config/sizes.h"
#include "trainer/errors.h"

namespace convoy {
namespace {

/// Reads one node into one field, whatever its type; notes where it stood and
/// what is wrong.
class Reader {
 public:
  Reader(std::string place, LoadedConfig& loaded)
      : place_(std::move(place)), loaded_(loaded) {}

  template <Section S>
  void read(const Node& node, S& section, const std::string& path) {
    if (node.kind != Node::Kind::map) {
      report(node.line, path, "want a map of keys, got " + node.describe());
      return;
    }
    for (const NodeEntry& entry : node.map) {
      read_entry(
          entry, section, path.empty() ? entry.key : path + "." + entry.key);
    }
  }

 private:
  template <class T>
  void read_field(
      const NodeEntry& entry,
      T& field,
      const NumberRange& range,
      const std::string& path) {
    if constexpr (Section<T>) {
      read(entry.value, field, path);
    } else {
      const std::string wrong = read_leaf(entry.value, range, field);
      if (wrong.empty()) {
        loaded_.origins.set(path, place(entry.line));
      } else {
        report(entry.value.line, path, wrong);
      }
    }
  }

  template <class T>
  static std::string read_leaf(
      const Node& node, const NumberRange& range, T& field) {
    if constexpr (std::is_enum_v<T>) {
      const auto all = names(T{});
      std::size_t index = 0;
      const std::string wrong =
          read_choice(node, {all.begin(), all.end()}, index);
      field = wrong.empty() ? static_cast<T>(index) : field;
      return wrong;
    } else {
      return read_value(node, range, field);
    }
  }

  template <Section S>
  void read_entry(const NodeEntry& entry, S& section, const std::string& path) {
    std::vector<std::string> known;
    bool found = false;
    for_each_field(
        section,
        [&](std::string_view key,
            auto& field,
            std::string_view,
            NumberRange range = {}) {
          known.emplace_back(key);
          if (key == entry.key) {
            found = true;
            read_field(entry, field, range, path);
          }
        });
    if (!found) {
      report_unknown(entry, path, known);
    }
  }

  void report_unknown(
      const NodeEntry& entry,
      const std::string& path,
      const std::vector<std::string>& known) {
    if (known.empty()) {
      report(
          entry.line,
          path,
          "unknown key; this program has no extensions, start the one that was "
          "built with it (docs/extending.md)");
      return;
    }
    const std::string meant =
        key_meant(path, known, entry.value.kind == Node::Kind::map);
    report(
        entry.line,
        path,
        meant.empty()
            ? fmt::format("unknown key; known here: {}", fmt::join(known, ", "))
            : fmt::format("unknown key; did you mean {}?", meant));
    if (!meant.empty()) {
      loaded_.origins.suspect(meant);
    }
  }

  void report(int line, const std::string& path, const std::string& what) {
    loaded_.origins.spoil(path);
    loaded_.problems.push_back(
        path.empty() ? fmt::format("{}: {}", place(line), what)
                     : fmt::format("{}: {}: {}", place(line), path, what));
  }

  std::string place(int line) const {
    return line > 0 ? fmt::format("{}:{}", place_, line) : place_;
  }

  std::string place_;
  LoadedConfig& loaded_;
};

/// a.b=c as the tree {a: {b: c}}.
Node nest(const std::string& key, Node value) {
  const std::size_t dot = key.find('.');
  Node map;
  map.kind = Node::Kind::map;
  map.map.push_back(
      {key.substr(0, dot),
       0,
       dot == std::string::npos ? std::move(value)
                                : nest(key.substr(dot + 1), std::move(value))});
  return map;
}

void forget_lines(Node& node) {
  node.line = 0;
  for (Node& item : node.list) {
    forget_lines(item);
  }
  for (NodeEntry& entry : node.map) {
    entry.line = 0;
    forget_lines(entry.value);
  }
}

/// The value of an override, or what is wrong with it.
std::optional<Node> parse_value(
    const std::string& text, std::vector<std::string>& wrong) {
  Node root = parse_yaml("value: " + text, wrong);
  if (wrong.empty() && (root.kind != Node::Kind::map || root.map.size() != 1)) {
    wrong.emplace_back("want one value on one line");
  }
  if (wrong.empty()) {
    return std::move(root.map[0].value);
  }
  if (wrong[0].starts_with("line 1: ")) {
    wrong[0] = wrong[0].substr(8);
  }
  return std::nullopt;
}

std::string read_file(const std::string& path) {
  const auto absolute = std::filesystem::absolute(path).string();
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw MissingInput(absolute + " is a folder; want a config file");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file && std::filesystem::exists(path, ignored)) {
    throw MissingInput(
        absolute +
        " may not be read; `chmod +r` gives the permission, or name another "
        "config file");
  }
  if (!file) {
    throw MissingInput(fmt::format(
        "no config file at {} (nothing is there); `ls configs` shows those "
        "that come with convoy",
        absolute));
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

LoadedConfig read_config(const std::string& text, const std::string& name) {
  LoadedConfig loaded{.config = {}, .origins = Origins(name)};
  std::vector<std::string> problems;
  const Node root = parse_yaml(text, problems);
  for (const std::string& problem : problems) {
    loaded.problems.push_back(
        problem.starts_with("line ") ? name + ":" + problem.substr(5)
                                     : name + ": " + problem);
  }
  loaded.unreadable = root.kind != Node::Kind::map;
  if (problems.empty() && root.kind == Node::Kind::null) {
    loaded.problems.push_back(
        name +
        ": the file is empty; want a map of sections (docs/configuration.md)");
  } else if (problems.empty() || !loaded.unreadable) {
    Reader(name, loaded).read(root, loaded.config, "");
  }
  return loaded;
}

void apply_overrides(
    const std::vector<std::string>& overrides, LoadedConfig& loaded) {
  for (const std::string& text : overrides) {
    const std::string name = "--set " + text;
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      loaded.problems.push_back(
          name + ": want key=value, such as optimizer.lr=0.05");
      continue;
    }
    const std::string key = text.substr(0, equals);
    std::vector<std::string> wrong;
    std::optional<Node> value = parse_value(text.substr(equals + 1), wrong);
    if (!value) {
      loaded.problems.push_back(name + ": " + wrong[0]);
      loaded.origins.spoil(key);
      continue;
    }
    forget_lines(*value);
    Reader(name, loaded).read(nest(key, std::move(*value)), loaded.config, "");
  }
}

LoadedConfig load_config(
    const std::string& path, const std::vector<std::string>& overrides) {
  LoadedConfig loaded = read_config(read_file(path), path);
  apply_overrides(overrides, loaded);
  adopt_sizes(loaded);
  return loaded;
}

void require_sound(
    const LoadedConfig& loaded, const std::vector<Problem>& broken) {
  std::vector<std::string> lines = loaded.problems;
  for (const Problem& problem : broken) {
    const bool known = std::none_of(
        problem.keys.begin(), problem.keys.end(), [&](const std::string& key) {
          return loaded.origins.is_spoilt(key);
        });
    if (known && !loaded.unreadable) {
      const std::string place = loaded.origins.of(problem.keys);
      lines.push_back(
          place.empty() ? problem.text() : place + ": " + problem.text());
    }
  }
  if (!lines.empty()) {
    throw ConfigError(fmt::format("{}", fmt::join(lines, "\n")));
  }
}

DeviceChoice device_choice(const std::vector<std::string>& overrides) {
  LoadedConfig loaded;
  apply_overrides(overrides, loaded);
  require_sound(loaded);
  return loaded.config.run.device;
}

}  // namespace convoy
