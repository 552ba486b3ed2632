#include "trainer/commands/range_option.h"

#include <fmt/format.h>

#include <algorithm>
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
    const std::vector<std::string>& options) {
  std::vector<std::string> attached;
  bool may_follow = false;
  for (const std::string& word : words) {
    if (may_follow && made_of_numbers(word)) {
      attached.back() += "=" + word;
      may_follow = false;
      continue;
    }
    attached.push_back(word);
    may_follow = word.starts_with("--") &&
                 std::find(options.begin(), options.end(), word.substr(2)) !=
                     options.end();
  }
  return attached;
}

}  // namespace convoy
