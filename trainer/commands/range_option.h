#pragma once
// An option of two numbers that may be left out, as in --lr-range 1e-6,10.

#include <array>
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

/// "--NAME 1,2" as "--NAME=1,2" for each name of `options`: a parser takes a
/// value that may be left out only when it is attached. Words that are not made
/// of numbers and commas stay on their own.
std::vector<std::string> attach_ranges(
    const std::vector<std::string>& words,
    const std::vector<std::string>& options);

}  // namespace convoy
