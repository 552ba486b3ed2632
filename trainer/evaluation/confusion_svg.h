#pragma once
// A confusion matrix as a picture.

#include <string>
#include <vector>

#include "trainer/evaluation/confusion.h"

namespace convoy {

/// A self-contained SVG: rows are true classes, columns predicted ones, hits
/// blue, errors red, unsure gray, the darker the greater the share of the row.
/// Counts stand in the cells of few classes, class names beside those of up to
/// 200; a browser shows both classes and the count of the cell under the mouse.
std::string confusion_svg(
    const ConfusionMatrix& matrix, const std::vector<std::string>& class_names);

}  // namespace convoy
