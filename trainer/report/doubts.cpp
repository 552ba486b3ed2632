#include "trainer/report/doubts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "trainer/config/batch_sizes.h"

namespace convoy {
namespace {

constexpr std::size_t kMostNamed = 5;

/// What a running statistic keeps of its old value at each update
/// (torchvision's momentum of 0.1).
constexpr double kKept = 0.9;
constexpr double kNegligible = 0.01;

}  // namespace

std::vector<std::string> doubts_about_classes(
    const DatasetFacts& train, const std::vector<std::string>& class_names) {
  if (class_names.size() == 1) {
    return {fmt::format(
        "there is one class, {}: whatever the network does counts as right. "
        "Give data.train pictures of two classes or more",
        class_names[0])};
  }
  std::vector<std::string> empty;
  for (std::size_t label = 0; label < class_names.size(); ++label) {
    if (!train.label_counts.contains(static_cast<int>(label))) {
      empty.push_back(class_names[label]);
    }
  }
  if (empty.empty()) {
    return {};
  }
  const std::size_t all = empty.size();
  empty.resize(std::min(all, kMostNamed));
  return {fmt::format(
      "{} of {} classes ha{} no training pictures and can't be learnt: {}{}",
      all,
      class_names.size(),
      all == 1 ? "s" : "ve",
      fmt::join(empty, ", "),
      all > kMostNamed ? ", ..." : "")};
}

std::vector<std::string> doubts_about_batch(
    std::int64_t global_batch, std::int64_t train_samples) {
  if (global_batch <= train_samples) {
    return {};
  }
  return {fmt::format(
      "the global batch of {} is larger than the {} training pictures: each "
      "step takes some of them more than once. Want a smaller batch",
      global_batch,
      train_samples)};
}

std::vector<std::string> doubts_about_length(
    std::int64_t steps, std::int64_t updates) {
  const double left = std::pow(kKept, static_cast<double>(steps * updates));
  if (left < kNegligible) {
    return {};
  }
  return {fmt::format(
      "after the {} steps of this run batch norm's running statistics, which "
      "evaluation uses, still hold {:.0f} % of their initial values: Test "
      "figures will fall behind those of training. Want {} steps or more",
      steps,
      100 * left,
      std::ceil(
          std::log(kNegligible) / std::log(kKept) /
          static_cast<double>(updates)))};
}

std::vector<std::string> doubts_about(
    const Config& config, const RunData& data, const Trainer& trainer) {
  auto all = doubts_about_classes(data.train.facts, data.class_names);
  const auto add = [&](const std::vector<std::string>& more) {
    all.insert(all.end(), more.begin(), more.end());
  };
  const BatchPlanSizes& batch = trainer.batch();
  add(doubts_about_batch(batch.global, data.train.size()));
  if (trainer.model().facts().batch_norm && config.net.weights.empty() &&
      data.val.dataset) {
    add(doubts_about_length(
        trainer.length().total_steps,
        micro_batches(batch.largest_share, batch.micro)));
  }
  return all;
}

}  // namespace convoy
