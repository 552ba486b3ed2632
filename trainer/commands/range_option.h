#pragma once
// An option of two numbers that may be left out, as in --lr-range 1e-6,10.

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "trainer/config/number_range.h"

namespace convoy {

/// "1e-6,10" as two numbers in `range`, the second above the first. Returns an
/// empty string and sets `out`, or returns what is wrong.
std::string read_range(
    const std::string& text,
    const NumberRange& range,
    std::optional<std::array<double, 2>>& out);

/// "--NAME 1,2" as "--NAME=1,2", and "--NAME" alone, or before a word that is
/// not made of numbers and commas, as "--NAME=" and its value in `otherwise`: a
/// parser would take any word behind it.
std::vector<std::string> attach_ranges(
    const std::vector<std::string>& words,
    const std::map<std::string, std::string>& otherwise);

}  // namespace convoy
