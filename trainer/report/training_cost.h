#pragma once
// How long training will take, and what it costs.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace convoy {

/// What is to be trained.
struct TrainingPlan {
  double epochs = 0;
  std::string why;              ///< where the epochs come from, in words
  std::int64_t images = 0;      ///< of an epoch
  std::optional<double> price;  ///< of a rank and hour, in any currency
};

/// Of training steps alone: without start-up, evaluations and checkpoints.
struct TrainingTime {
  double epoch_s = 0;
  double hours = 0;
  double days = 0;
  std::optional<double> cost;
};

/// On `ranks` ranks that take so many images a second together, above 0.
TrainingTime training_time(
    const TrainingPlan& plan, double images_per_second, int ranks);

/// The first epoch of a summary.csv whose evaluation has an Acc@1 of `target`
/// percent or more. `name` is what messages call the file. Throws BadData when
/// it is none, or none with evaluations; UsageError, with the best that was
/// reached, when the target was not.
double epochs_to_accuracy(
    std::string_view summary, double target, const std::string& name);

}  // namespace convoy
