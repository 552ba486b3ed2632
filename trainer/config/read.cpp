#include "trainer/config/read.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "data/errors.h"
#include "trainer/config/fields.h"
#include "trainer/config/nearest.h"
#include "trainer/config/node.h"
#include "trainer/config/scalar.h"
#include "trainer/errors.h"

namespace convoy {
namespace {

/// Reads one node into one field, whatever its type; collects problems.
class Reader {
 public:
  Reader(std::string name, std::vector<std::string>& problems)
      : name_(std::move(name)), problems_(problems) {}

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

  template <class T>
  void read_field(
      const Node& node,
      T& field,
      const NumberRange& range,
      const std::string& path) {
    if constexpr (Section<T>) {
      read(node, field, path);
    } else if constexpr (std::is_enum_v<T>) {
      std::vector<std::string> known;
      for (const std::string_view known_name : names(T{})) {
        known.emplace_back(known_name);
      }
      std::size_t index = 0;
      const std::string wrong = read_choice(node, known, index);
      wrong.empty() ? void(field = static_cast<T>(index))
                    : report(node.line, path, wrong);
    } else {
      const std::string wrong = read_value(node, range, field);
      if (!wrong.empty()) {
        report(node.line, path, wrong);
      }
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
            read_field(entry.value, field, range, path);
          }
        });
    if (!found) {
      const std::string near = nearest(entry.key, known);
      report(
          entry.line,
          path,
          near.empty()
              ? fmt::format(
                    "unknown key; known here: {}", fmt::join(known, ", "))
              : fmt::format("unknown key; did you mean {}?", near));
    }
  }

  void report(int line, const std::string& path, const std::string& what) {
    const std::string place =
        line > 0 ? fmt::format("{}:{}", name_, line) : name_;
    problems_.push_back(
        path.empty() ? fmt::format("{}: {}", place, what)
                     : fmt::format("{}: {}: {}", place, path, what));
  }

 private:
  std::string name_;
  std::vector<std::string>& problems_;
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

std::vector<std::string> read_config(
    const std::string& text, const std::string& name, Config& config) {
  std::vector<std::string> problems;
  const Node root = parse_yaml(text, problems);
  for (std::string& problem : problems) {
    problem = problem.starts_with("line ") ? name + ":" + problem.substr(5)
                                           : name + ": " + problem;
  }
  if (problems.empty() && root.kind == Node::Kind::null) {
    problems.push_back(
        name +
        ": the file is empty; want a map of sections (docs/configuration.md)");
  }
  if (problems.empty() || root.kind == Node::Kind::map) {
    Reader(name, problems).read(root, config, "");
  }
  return problems;
}

std::vector<std::string> apply_overrides(
    const std::vector<std::string>& overrides, Config& config) {
  std::vector<std::string> problems;
  for (const std::string& text : overrides) {
    const std::string name = "--set " + text;
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      problems.push_back(name + ": want key=value, such as optimizer.lr=0.05");
      continue;
    }
    std::vector<std::string> wrong;
    Node value = parse_yaml(text.substr(equals + 1), wrong);
    for (const std::string& problem : wrong) {
      problems.push_back(name + ": " + problem);
    }
    forget_lines(value);
    Reader(name, problems)
        .read(nest(text.substr(0, equals), std::move(value)), config, "");
  }
  return problems;
}

DeviceChoice device_choice(const std::vector<std::string>& overrides) {
  Config config;
  const auto problems = apply_overrides(overrides, config);
  if (!problems.empty()) {
    throw ConfigError(fmt::format("{}", fmt::join(problems, "\n")));
  }
  return config.run.device;
}

Config load_config(
    const std::string& path, const std::vector<std::string>& overrides) {
  Config config;
  std::vector<std::string> problems =
      read_config(read_file(path), path, config);
  for (std::string& problem : apply_overrides(overrides, config)) {
    problems.push_back(std::move(problem));
  }
  if (!problems.empty()) {
    throw ConfigError(fmt::format("{}", fmt::join(problems, "\n")));
  }
  return config;
}

}  // namespace convoy
