#pragma once
// Whether a config makes sense as a whole, on so many ranks, with this data.

#include <cstdint>
#include <string>
#include <vector>

#include "distributed/device.h"
#include "trainer/config/config.h"
#include "trainer/config/problems.h"

namespace convoy {

/// Rules between keys. Every one that is broken; nothing is opened.
std::vector<Problem> validate(const Config& config);

/// The part of it that evaluation needs.
std::vector<Problem> validate(const EvalOptions& eval);

/// Rules between keys, and those that need to know the ranks and the GPUs of
/// this one.
std::vector<Problem> validate(
    const Config& config, int world_size, const GpuReport& gpus);

/// Rules that need to know the data. For a config that keeps the others.
std::vector<Problem> validate_with_data(
    const Config& config, int world_size, std::int64_t train_samples);

}  // namespace convoy
