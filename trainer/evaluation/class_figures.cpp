#include "trainer/evaluation/class_figures.h"

#include <cmath>

#include "trainer/evaluation/ratio.h"

namespace convoy {
namespace {

Shares shares(std::int64_t hits, std::int64_t predicted, std::int64_t support) {
  return {
      ratio(hits, predicted),
      ratio(hits, support),
      ratio(2 * hits, support + predicted)};
}

/// Means over the classes that have samples.
Shares macro_average(
    const std::vector<ClassFigures>& classes,
    Shares (ClassFigures::*of_class)() const) {
  Shares sums;
  std::int64_t with_samples = 0;
  for (const ClassFigures& figures : classes) {
    if (figures.support > 0) {
      const Shares own = (figures.*of_class)();
      with_samples += 1;
      sums.precision += std::isnan(own.precision) ? 0 : own.precision;
      sums.recall += own.recall;
      sums.f1 += own.f1;
    }
  }
  const auto mean = [&](double sum) {
    return with_samples > 0 ? sum / static_cast<double>(with_samples)
                            : std::nan("");
  };
  return {mean(sums.precision), mean(sums.recall), mean(sums.f1)};
}

}  // namespace

Shares ClassFigures::top1() const {
  return shares(hits, predicted, support);
}

Shares ClassFigures::top5() const {
  return shares(hits5, predicted5, support);
}

std::vector<ClassFigures> class_figures(
    std::span<const SampleResult> samples, const ConfusionMatrix& matrix) {
  std::vector<ClassFigures> classes(static_cast<std::size_t>(matrix.classes()));
  for (std::int64_t c = 0; c < matrix.classes(); ++c) {
    ClassFigures& figures = classes[c];
    figures.support = matrix.support(c);
    figures.predicted = matrix.predictions(c);
    figures.hits = matrix.at(c, c);
    figures.unsure = matrix.unsure(c);
    for (std::int64_t other = 0; other < matrix.classes(); ++other) {
      if (other != c && matrix.at(c, other) > figures.taken_for_times) {
        figures.taken_for = other;
        figures.taken_for_times = matrix.at(c, other);
      }
    }
  }
  for (const SampleResult& sample : samples) {
    classes[sample.label].hits5 += sample.is_hit5() ? 1 : 0;
    classes[sample.is_hit5() ? sample.label : sample.predicted()].predicted5 +=
        1;
  }
  return classes;
}

Averages averages_of(const std::vector<ClassFigures>& classes) {
  ClassFigures all;
  for (const ClassFigures& figures : classes) {
    all.support += figures.support;
    all.predicted += figures.predicted;
    all.hits += figures.hits;
    all.predicted5 += figures.predicted5;
    all.hits5 += figures.hits5;
  }
  return {
      macro_average(classes, &ClassFigures::top1),
      macro_average(classes, &ClassFigures::top5),
      all.top1(),
      all.top5()};
}

}  // namespace convoy
