#pragma once
// Pieces of a plot in SVG.

#include <string>
#include <vector>

namespace convoy {

/// Lengths in pixels, with one digit behind the point.
std::string svg_line(double x1, double y1, double x2, double y2);

/// `text` is markup already (escaped()).
std::string svg_text(double x, double y, const std::string& text);

/// Round numbers from `least` to `most` for an axis, about `wanted` of them, by
/// steps of 1, 2 or 5 times a power of ten. REQUIRES least < most.
std::vector<double> round_numbers(double least, double most, int wanted);

}  // namespace convoy
