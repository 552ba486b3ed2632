#include "trainer/evaluation/matrix_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/store/printable.h"
#include "trainer/evaluation/markup.h"

namespace convoy {
namespace {

struct CellSize {
  std::int64_t most_classes;
  double cell;
  double font;
};

constexpr std::array<CellSize, 6> kCellSizes{
    {{6, 64, 13},
     {12, 44, 13},
     {30, 30, 12},
     {60, 18, 12},
     {120, 12, 10},
     {200, 9, 8}}};

constexpr std::int64_t kMostCounted = 30;

/// For the longest name, turned or not, at 0.62 of the font's size a letter.
double name_margin(double font, const std::vector<std::string>& names) {
  std::size_t letters = characters("unsure");
  for (const std::string& name : names) {
    letters = std::max(letters, characters(printable(name)));
  }
  return 0.62 * font * static_cast<double>(std::min(letters, kMostNameLetters));
}

}  // namespace

MatrixLayout matrix_layout(
    const ConfusionMatrix& matrix, const std::vector<std::string>& names) {
  MatrixLayout layout;
  layout.cell = std::max(2.0, 1800.0 / static_cast<double>(matrix.classes()));
  for (const CellSize& size : kCellSizes) {
    if (matrix.classes() <= size.most_classes) {
      layout.cell = size.cell;
      layout.font = size.font;
      break;
    }
  }
  layout.counts = matrix.classes() <= kMostCounted;
  layout.left = name_margin(layout.font, names) + 36;
  layout.top = layout.left + 42;  // below the title
  return layout;
}

std::string share_colour(double share, const Rgb& darkest) {
  const double depth = std::sqrt(share);
  const auto part = [&](std::size_t i) {
    return std::lround(255 - depth * (255 - darkest[i]));
  };
  return fmt::format("#{:02x}{:02x}{:02x}", part(0), part(1), part(2));
}

}  // namespace convoy
