#pragma once
// Precision, recall and F1 of each class, and their averages.

#include <cstdint>
#include <span>
#include <vector>

#include "trainer/evaluation/confusion.h"

namespace convoy {

/// NaN where there is nothing to divide by: recall of a class without samples,
/// precision of a class that was never predicted.
struct Shares {
  double precision = 0;  ///< hits / predicted
  double recall = 0;     ///< hits / support
  double f1 = 0;         ///< 2 hits / (support + predicted)
};

/// Of one class. An unsure sample is a prediction of no class and missed by its
/// own. By the top five, a sample is taken for its own class where that is
/// among the five most probable ones, else for the most probable: only a miss
/// of all five costs precision, that of the class it was taken for.
struct ClassFigures {
  std::int64_t support = 0;     ///< samples of the class
  std::int64_t predicted = 0;   ///< samples taken for it
  std::int64_t hits = 0;        ///< samples of the class taken for it
  std::int64_t predicted5 = 0;  ///< taken for it by the top five
  std::int64_t hits5 = 0;       ///< of the class, with it among the top five
  std::int64_t unsure = 0;      ///< of the class, below the threshold
  std::int64_t taken_for = kNoClass;  ///< the other class most often predicted
  std::int64_t taken_for_times = 0;

  Shares top1() const;
  Shares top5() const;  ///< by rank alone, whatever the threshold
};

std::vector<ClassFigures> class_figures(
    std::span<const SampleResult> samples, const ConfusionMatrix& matrix);

/// Macro: the mean over the classes that have samples, a precision that is NaN
/// counting as 0; its recall is the balanced accuracy. Micro: over all samples,
/// its precision over those that are not unsure. NaN without samples.
struct Averages {
  Shares macro;
  Shares macro5;
  Shares micro;
  Shares micro5;
};

Averages averages_of(const std::vector<ClassFigures>& classes);

}  // namespace convoy
