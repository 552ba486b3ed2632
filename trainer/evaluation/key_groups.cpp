#include "trainer/evaluation/key_groups.h"

#include <fmt/format.h>

#include <map>

#include "trainer/errors.h"

namespace convoy {
namespace {

std::regex compiled(const std::string& expression) {
  try {
    return std::regex(expression);
  } catch (const std::regex_error& e) {
    throw UsageError(fmt::format(
        "--group-by \"{}\" is no regular expression: {}",
        expression,
        e.what()));
  }
}

}  // namespace

KeyPattern::KeyPattern(const std::string& expression)
    : expression_(expression), regex_(compiled(expression)) {
  if (regex_.mark_count() == 0) {
    throw UsageError(fmt::format(
        "--group-by \"{}\" has no parentheses to take the group's name from; "
        "want one such as \"cam([0-9]+)\"",
        expression));
  }
}

std::optional<std::string> KeyPattern::group_of(const std::string& key) const {
  std::smatch match;
  if (!std::regex_search(key, match, regex_) || !match[1].matched) {
    return std::nullopt;
  }
  return match[1].str();
}

std::vector<KeyGroup> group_by_key(
    const KeyPattern& pattern,
    std::span<const SampleResult> samples,
    const std::vector<std::string>& keys) {
  std::map<std::string, std::vector<SampleResult>> named;
  std::vector<SampleResult> others;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto name = pattern.group_of(keys[i]);
    (name ? named[*name] : others).push_back(samples[i]);
  }
  std::vector<KeyGroup> groups;
  for (const auto& [name, members] : named) {
    groups.push_back({name, sums_of(members)});
  }
  if (!others.empty()) {
    groups.push_back({std::nullopt, sums_of(others)});
  }
  return groups;
}

}  // namespace convoy
