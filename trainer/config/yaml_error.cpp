#include "trainer/config/yaml_error.h"

#include <fmt/format.h>

#include <optional>
#include <sstream>
#include <vector>

namespace convoy {
namespace {

constexpr const char* kBlank = " \t\r";

/// A line that says something.
struct Line {
  int number = 0;
  std::string text;          ///< without the blanks around it
  std::string plain;         ///< and without comments and what stands in quotes
  bool in_brackets = false;  ///< a bracket of an earlier line is open
};

std::string quoted(const Line& line) {
  return line.text.size() > 60 ? "\"" + line.text.substr(0, 57) + "...\""
                               : "\"" + line.text + "\"";
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  return first == std::string::npos
             ? ""
             : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// Without its comment, and x for each character in quotes.
std::string plain_part(const std::string& text) {
  std::string plain;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool at_start = i == 0 || std::string_view(" \t{[,:").find(
                                        text[i - 1]) != std::string_view::npos;
    if (quote != 0) {
      quote = c == quote ? '\0' : quote;
      plain += 'x';
    } else if ((c == '"' || c == '\'') && at_start) {
      quote = c;
      plain += 'x';
    } else if (c == '#' && (i == 0 || text[i - 1] == ' ')) {
      break;
    } else {
      plain += c;
    }
  }
  return trimmed(plain);
}

/// A bracket and where it stands.
struct Bracket {
  Line line;
  char kind = ' ';
};

/// All lines that say something, and the last bracket that is open at the end.
struct Outline {
  std::vector<Line> lines;
  std::vector<Bracket> open;
};

Outline outline_of(const std::string& text) {
  Outline outline;
  std::istringstream stream(text);
  std::string raw;
  for (int number = 1; std::getline(stream, raw); ++number) {
    const std::string content = trimmed(raw);
    Line line{number, content, plain_part(content), !outline.open.empty()};
    for (const char c : line.plain) {
      if (c == '{' || c == '[') {
        outline.open.push_back({line, c});
      } else if ((c == '}' || c == ']') && !outline.open.empty()) {
        outline.open.pop_back();
      }
    }
    if (!line.plain.empty()) {
      outline.lines.push_back(std::move(line));
    }
  }
  return outline;
}

bool is_indented_by_tab(const std::string& text, int number) {
  std::istringstream stream(text);
  std::string line;
  for (int n = 1; n <= number; ++n) {
    std::getline(stream, line);
  }
  return line.substr(0, line.find_first_not_of(kBlank)).find('\t') !=
         std::string::npos;
}

/// Where the value behind the first "key:" begins; npos when there is none.
std::size_t value_of_key(const std::string& plain) {
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (plain[i] == ':' && (i + 1 == plain.size() ||
                            plain.find_first_of(kBlank, i + 1) == i + 1)) {
      return i + 1;
    }
  }
  return std::string::npos;
}

bool holds_brackets(const Line& line) {
  return line.in_brackets ||
         line.plain.find_first_of("{}[]") != std::string::npos;
}

bool has_two_keys(const Line& line) {
  const std::size_t value = value_of_key(line.plain);
  return !holds_brackets(line) && value != std::string::npos &&
         value_of_key(line.plain.substr(value)) != std::string::npos;
}

/// A line that is no "key: value" and nothing else that may stand alone.
bool lacks_a_colon(const Line& line) {
  return !holds_brackets(line) &&
         value_of_key(line.plain) == std::string::npos &&
         !line.plain.starts_with("-");
}

/// Texts over several lines may say anything.
bool has_block_text(const Outline& outline) {
  for (const Line& line : outline.lines) {
    if (line.plain.ends_with('|') || line.plain.ends_with('>')) {
      return true;
    }
  }
  return false;
}

/// What is wrong with the line that the parser stopped at, or the one before,
/// where a missing colon goes unnoticed.
std::optional<std::string> blame(
    const Line& line, const Line* before, bool block_text) {
  if (has_two_keys(line)) {
    return fmt::format(
        "line {}: {} has two colons; write the inner key on a line of its own, "
        "or quote the value if the colon belongs to it",
        line.number,
        quoted(line));
  }
  for (const Line* suspect : {&line, before}) {
    if (!block_text && suspect != nullptr && lacks_a_colon(*suspect)) {
      return fmt::format(
          "line {}: {} is no \"key: value\"; want a colon and a blank behind "
          "the key",
          suspect->number,
          quoted(*suspect));
    }
  }
  return std::nullopt;
}

/// What to do about the parser's words, where they tell.
std::string hint(const std::string& words) {
  const auto say = [&](const char* part) {
    return words.find(part) != std::string::npos;
  };
  if (say("unknown token")) {
    return "; put quotation marks around the value";
  }
  if (say("EOF in scalar")) {
    return "; close the quotation mark";
  }
  if (say("anchor")) {
    return "; aliases (*name) are not allowed: write the value out, or put "
           "quotation marks around it";
  }
  if (say("map") || say("flow")) {
    return "; it may lack a comma or a colon, or be indented otherwise than "
           "the "
           "lines above";
  }
  return "";
}

}  // namespace

std::string explain_yaml_error(
    const std::string& text, int line, const std::string& words) {
  if (line > 0 && is_indented_by_tab(text, line)) {
    return fmt::format(
        "line {}: indented by a tab, which YAML does not allow; use blanks",
        line);
  }
  const Outline outline = outline_of(text);
  if (!outline.open.empty()) {
    const auto& [at, kind] = outline.open.back();
    return fmt::format(
        "line {}: {} opens a {} that is not closed; add a {}",
        at.number,
        quoted(at),
        kind,
        kind == '{' ? '}' : ']');
  }
  const Line* here = nullptr;
  const Line* before = nullptr;
  for (const Line& one : outline.lines) {
    if (one.number <= line) {
      before = here;
      here = &one;
    }
  }
  if (here == nullptr) {
    return fmt::format("line {}: {}", line, words);
  }
  if (words != "unknown token") {
    if (const auto found = blame(*here, before, has_block_text(outline))) {
      return *found;
    }
  }
  if (words.find("map") != std::string::npos && !holds_brackets(*here)) {
    return fmt::format(
        "line {}: {} is indented otherwise than the lines above; keys of one "
        "section begin in one column",
        here->number,
        quoted(*here));
  }
  return fmt::format(
      "line {}: {} in {}{}", here->number, words, quoted(*here), hint(words));
}

}  // namespace convoy
