#include "trainer/config/write.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "trainer/config/fields.h"
#include "trainer/config/scalar.h"

namespace convoy {
namespace {

std::string quote(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      quoted += fmt::format("\\x{:02x}", c);
      continue;
    }
    if (c == '"' || c == '\\') {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted + "\"";
}

/// What YAML takes for nothing.
bool is_null_word(const std::string& text) {
  return text == "null" || text == "Null" || text == "NULL";
}

}  // namespace

std::string yaml_text(const std::string& text) {
  if (text.empty()) {
    return "null";
  }
  const bool plain = text.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "0123456789_-./") == std::string::npos &&
                     !is_null_word(text) && text[0] != '-';
  return plain ? text : quote(text);
}

namespace {

template <class T>
std::string value(const T& field) {
  if constexpr (std::is_enum_v<T>) {
    return std::string(names(T{})[static_cast<std::size_t>(field)]);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return yaml_text(field);
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    std::vector<std::string> quoted;
    for (const std::string& text : field) {
      quoted.push_back(quote(text));
    }
    return fmt::format("[{}]", fmt::join(quoted, ", "));
  } else if constexpr (requires { field.size(); }) {
    return fmt::format("[{}]", fmt::join(field, ", "));
  } else {
    return fmt::format("{}", field);
  }
}

template <Section S>
void write_section(const S& section, int depth, std::string& out) {
  for_each_field(
      section,
      [&](std::string_view key,
          const auto& field,
          std::string_view,
          NumberRange = {}) {
        const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
        if constexpr (Section<std::remove_cvref_t<decltype(field)>>) {
          std::string inside;
          write_section(field, depth + 1, inside);
          if (!inside.empty()) {  // extensions, where there are none
            out += fmt::format("{}{}:\n{}", indent, key, inside);
          }
        } else {
          out += fmt::format("{}{}: {}\n", indent, key, value(field));
        }
      });
}

template <Section S>
void flatten_section(
    const S& section,
    const std::string& prefix,
    std::vector<std::pair<std::string, std::string>>& out) {
  for_each_field(
      section,
      [&](std::string_view key,
          const auto& field,
          std::string_view,
          NumberRange = {}) {
        const std::string name = prefix + std::string(key);
        if constexpr (Section<std::remove_cvref_t<decltype(field)>>) {
          flatten_section(field, name + ".", out);
        } else {
          out.emplace_back(name, value(field));
        }
      });
}

template <class T>
std::string wanted(const T&, const NumberRange& range) {
  if constexpr (std::is_enum_v<T>) {
    return fmt::format("{}", fmt::join(names(T{}), ", "));
  } else if constexpr (std::is_same_v<T, bool>) {
    return "true, false";
  } else if constexpr (std::is_same_v<T, std::string>) {
    return "text";
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    return "texts";
  } else if constexpr (requires(T t) { t.size(); }) {
    return "numbers " + describe(range, false);
  } else {
    return fmt::format(
        "{} {}",
        std::is_integral_v<T> ? "integer" : "number",
        describe(range, std::is_integral_v<T>));
  }
}

template <Section S>
void write_rows(const S& section, const std::string& prefix, std::string& out) {
  for_each_field(
      section,
      [&](std::string_view key,
          const auto& field,
          std::string_view help,
          NumberRange range = {}) {
        if constexpr (Section<std::remove_cvref_t<decltype(field)>>) {
          write_rows(field, prefix + std::string(key) + ".", out);
        } else {
          out += fmt::format(
              "| `{}{}` | `{}` | {} | {} |\n",
              prefix,
              key,
              value(field),
              wanted(field, range),
              help);
        }
      });
}

constexpr std::string_view kIntroduction =
    R"(# Configuration

A run is described by one YAML file. `convoy train CONFIG --print-config` shows the whole
of it, defaults included; `--set section.key=value` (repeatable) changes a value for one
run. What really ran is kept in `RUN_DIR/config.yaml`.

The rules are strict, so that a typing error costs a second and not a night: an unknown
key is refused with the nearest known one, a key may be set once, numbers are written
plainly (no `010`, no `.inf`), truth values are `true` and `false`, text that is not there
is `null`, text in quotation marks ends on its line. Anchors, aliases, tags and second
documents are refused. All problems are listed at once, each with its line or its `--set`
(or the file, when it is about what is not set). What hides others comes alone: a file that
is no YAML; and what only the data can tell (a label beyond the classes, an epoch shorter
than a batch) follows when all else is right.
Relative paths start at the folder where convoy is started.

This page is made from the same table that reads the file: `convoy train --reference`.

)";

}  // namespace

std::string to_yaml(const Config& config) {
  std::string out;
  write_section(config, 0, out);
  return out;
}

std::vector<std::pair<std::string, std::string>> flatten(const Config& config) {
  std::vector<std::pair<std::string, std::string>> out;
  flatten_section(config, "", out);
  return out;
}

std::string configuration_reference() {
  std::string out(kIntroduction);
  const Config defaults;
  for_each_field(
      defaults,
      [&](std::string_view key,
          const auto& field,
          std::string_view help,
          NumberRange range = {}) {
        std::string rows;
        if constexpr (Section<std::remove_cvref_t<decltype(field)>>) {
          write_rows(field, std::string(key) + ".", rows);
        } else {
          rows = fmt::format(
              "| `{}` | `{}` | {} | {} |\n",
              key,
              value(field),
              wanted(field, range),
              help);
        }
        if (!rows.empty()) {
          out += fmt::format(
              "## `{}`: {}\n\n| key | default | want | meaning |\n| --- | --- "
              "| --- | --- |\n{}\n",
              key,
              key == "precision" ? "arithmetic" : help,
              rows);
        }
      });
  return out;
}

}  // namespace convoy
