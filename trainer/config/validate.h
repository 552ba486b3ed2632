#pragma once
// Whether a config makes sense as a whole, on so many ranks, with this data.

#include <cstdint>
#include <string>
#include <vector>

#include "distributed/device.h"
#include "trainer/config/config.h"
#include "trainer/config/problems.h"

namespace convoy {

/// Every rule that is broken, between keys and between the config and the ranks
/// and the GPUs of this one. No file is opened; a network may be built, to see
/// which layers it has.
std::vector<Problem> validate(
    const Config& config, int world_size, const GpuReport& gpus);

/// The part that says how pictures become a network's input in evaluation.
std::vector<Problem> validate_input(const Config& config);

/// Rules that need to know the data. For a config that keeps the others.
std::vector<Problem> validate_with_data(
    const Config& config, int world_size, std::int64_t train_samples);

}  // namespace convoy
