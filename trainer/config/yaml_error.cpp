#include "trainer/config/yaml_error.h"

#include <fmt/format.h>

#include <sstream>
#include <utility>
#include <vector>

namespace convoy {
namespace {

constexpr const char* kBlank = " \t\r";

struct Line {
  int number = 0;
  std::string text;  ///< without the blanks around it

  std::string quoted() const {
    return text.size() > 60 ? "\"" + text.substr(0, 57) + "...\""
                            : "\"" + text + "\"";
  }
};

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  return first == std::string::npos
             ? ""
             : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// The lines up to `last` that say something.
std::vector<Line> lines_until(const std::string& text, int last) {
  std::vector<Line> lines;
  std::istringstream stream(text);
  std::string line;
  for (int number = 1; number <= last && std::getline(stream, line); ++number) {
    const std::string content = trimmed(line);
    if (!content.empty() && content[0] != '#') {
      lines.push_back({number, content});
    }
  }
  return lines;
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

/// Where the last bracket stands that is open at the end of these lines; line 0
/// when none is. Brackets in quotes and comments are counted too: good enough
/// for a hint.
std::pair<Line, char> open_bracket(const std::vector<Line>& lines) {
  std::vector<std::pair<Line, char>> open;
  for (const Line& line : lines) {
    for (const char c : line.text) {
      if (c == '{' || c == '[') {
        open.emplace_back(line, c);
      } else if ((c == '}' || c == ']') && !open.empty()) {
        open.pop_back();
      }
    }
  }
  return open.empty() ? std::pair{Line{}, ' '} : open.back();
}

bool has_key(const std::string& text) {
  return text.ends_with(':') || text.find(": ") != std::string::npos;
}

bool has_two_keys(const std::string& text) {
  const std::size_t first = text.find(": ");
  return first != std::string::npos && text.find_first_of("\"'{[#") > first &&
         has_key(text.substr(first + 2));
}

}  // namespace

std::string explain_yaml_error(
    const std::string& text, int line, const std::string& words) {
  const auto lines = lines_until(text, line);
  if (line > 0 && is_indented_by_tab(text, line)) {
    return fmt::format(
        "line {}: indented by a tab, which YAML does not allow; use blanks",
        line);
  }
  if (const auto& [at, bracket] = open_bracket(lines); at.number > 0) {
    return fmt::format(
        "line {}: {} opens a {} that is not closed; add a {}",
        at.number,
        at.quoted(),
        bracket,
        bracket == '{' ? '}' : ']');
  }
  if (!lines.empty() && has_two_keys(lines.back().text)) {
    return fmt::format(
        "line {}: {} has two colons; write the inner key on a line of its own, "
        "or quote the value if the colon belongs to it",
        lines.back().number,
        lines.back().quoted());
  }
  // A line without a colon is noticed on the next one.
  for (std::size_t back = 0; back < 2 && back < lines.size(); ++back) {
    const Line& suspect = lines[lines.size() - 1 - back];
    if (!has_key(suspect.text) && !suspect.text.starts_with("-")) {
      return fmt::format(
          "line {}: {} is no \"key: value\"; want a colon and a blank behind "
          "the key",
          suspect.number,
          suspect.quoted());
    }
  }
  if (!lines.empty() && (words.find("map") != std::string::npos)) {
    return fmt::format(
        "line {}: {} is indented otherwise than the lines above; keys of one "
        "section begin in one column",
        lines.back().number,
        lines.back().quoted());
  }
  return fmt::format(
      "line {}: {}{}{}",
      line,
      words,
      lines.empty() ? "" : " in " + lines.back().quoted(),
      words == "unknown token" ? "; put quotation marks around the value" : "");
}

}  // namespace convoy
