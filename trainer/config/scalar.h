#pragma once
// From YAML scalars to values, by strict rules: what YAML readers quietly
// accept (octal numbers, yes/on/n, infinities, numbers as text) is refused with
// the value seen and the value wanted.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trainer/config/node.h"
#include "trainer/config/number_range.h"

namespace convoy {

/// Each returns an empty string and sets `out`, or returns what is wrong.
std::string read_value(const Node& node, const NumberRange& range, bool& out);
std::string read_value(const Node& node, const NumberRange& range, int& out);
std::string read_value(
    const Node& node, const NumberRange& range, std::int64_t& out);
std::string read_value(
    const Node& node, const NumberRange& range, std::uint64_t& out);
std::string read_value(const Node& node, const NumberRange& range, double& out);
std::string read_value(
    const Node& node, const NumberRange& range, std::string& out);
std::string read_value(
    const Node& node, const NumberRange& range, std::vector<double>& out);
std::string read_value(
    const Node& node, const NumberRange& range, std::array<double, 2>& out);
std::string read_value(
    const Node& node, const NumberRange& range, std::vector<std::string>& out);

/// The index of an enumerator's name; `known` lists them.
std::string read_choice(
    const Node& node, const std::vector<std::string>& known, std::size_t& out);

/// "1..100", "above 0", "any number".
std::string describe(const NumberRange& range, bool integer);

}  // namespace convoy
