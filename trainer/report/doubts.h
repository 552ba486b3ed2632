#pragma once
// What is allowed, but hardly what somebody meant.

#include <cstdint>
#include <string>
#include <vector>

#include "trainer/config/config.h"
#include "trainer/loop/trainer.h"

namespace convoy {

/// Of the classes: one alone, or some without training pictures.
std::vector<std::string> doubts_about_classes(
    const DatasetFacts& train, const std::vector<std::string>& class_names);

/// Of a global batch that takes in a sample more than once.
std::vector<std::string> doubts_about_batch(
    std::int64_t global_batch, std::int64_t train_samples);

/// Of a run from scratch that is over before batch norm's running statistics
/// have left their initial values; they are updated `updates` times a step.
std::vector<std::string> doubts_about_length(
    std::int64_t steps, std::int64_t updates);

/// One sentence for each doubt about a run that is about to begin.
std::vector<std::string> doubts_about(
    const Config& config, const RunData& data, const Trainer& trainer);

}  // namespace convoy
