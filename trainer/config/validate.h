#pragma once
// Whether a config makes sense as a whole, on so many ranks, with this data.

#include <cstdint>
#include <string>
#include <vector>

#include <c10/core/Device.h>
#include "trainer/config/config.h"

namespace convoy {

/// Rules between keys. Every problem, one line each: the key, the value seen,
/// the value wanted. Needs no data and no MPI.
std::vector<std::string> validate(const Config& config);

/// The part of it that evaluation needs.
std::vector<std::string> validate(const EvalOptions& eval);

/// What a run meets.
struct Surroundings {
  int world_size = 1;
  c10::Device device{c10::kCPU};
  std::int64_t train_samples = 0;
};

/// Rules that need to know where the config runs.
std::vector<std::string> validate(
    const Config& config, const Surroundings& surroundings);

}  // namespace convoy
