#include "trainer/commands/range_option.h"

#include <fmt/format.h>

#include <utility>

#include "trainer/config/scalar.h"

namespace convoy {
namespace {

bool made_of_numbers(const std::string& word) {
  return !word.empty() && word[0] >= '0' && word[0] <= '9' &&
         word.find_first_not_of("0123456789.,eE+-") == std::string::npos;
}

}  // namespace

std::string read_range(
    const std::string& text,
    const NumberRange& range,
    std::optional<std::array<double, 2>>& out) {
  const std::size_t comma = text.find(',');
  if (comma == std::string::npos) {
    return fmt::format("want FROM,TO such as 1e-6,10, got \"{}\"", text);
  }
  std::array<double, 2> ends{};
  for (const auto& [part, end] :
       {std::pair{text.substr(0, comma), &ends[0]},
        {text.substr(comma + 1), &ends[1]}}) {
    Node number;
    number.kind = Node::Kind::scalar;
    number.scalar = part;
    const std::string wrong = read_value(number, range, *end);
    if (!wrong.empty()) {
      return wrong;
    }
  }
  if (ends[1] <= ends[0]) {
    return fmt::format("want FROM below TO, got \"{}\"", text);
  }
  out = ends;
  return "";
}

std::vector<std::string> attach_ranges(
    const std::vector<std::string>& words,
    const std::map<std::string, std::string>& otherwise) {
  std::vector<std::string> attached;
  for (std::size_t i = 0; i < words.size(); ++i) {
    attached.push_back(words[i]);
    const auto option = words[i].starts_with("--")
                            ? otherwise.find(words[i].substr(2))
                            : otherwise.end();
    if (option == otherwise.end()) {
      continue;
    }
    const bool given = i + 1 < words.size() && made_of_numbers(words[i + 1]);
    attached.back() += "=" + (given ? words[++i] : option->second);
  }
  return attached;
}

}  // namespace convoy
