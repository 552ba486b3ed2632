#pragma once
// Equal replicas: made equal at start, proven equal by hash.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "distributed/communicator.h"
#include "distributed/control.h"

namespace convoy {

/// Overwrites every rank's tensors with rank 0's.
void broadcast_state(
    const std::vector<at::Tensor>& tensors, Communicator& communicator);

/// XXH3-64 over the tensors' values in logical (row-major) order, so that
/// memory format and device do not matter.
std::uint64_t hash_state(const std::vector<at::Tensor>& tensors);

/// Compares one hash over all ranks; throws Drift naming the ranks that differ
/// from the majority.
void require_equal_replicas(
    std::uint64_t hash,
    Control& control,
    const std::vector<std::string>& hosts);

/// One thing that must be the same on every rank.
struct Fact {
  std::string name;   ///< "config", "training data", "build"
  std::string value;  ///< compared as it stands, shown to the user
  std::string remedy;
};

/// Throws Disagreement, the same on every rank, naming the first fact that
/// differs with both values, ranks and hosts.
void require_agreement(
    const std::vector<Fact>& facts,
    Control& control,
    const std::vector<std::string>& hosts);

}  // namespace convoy
