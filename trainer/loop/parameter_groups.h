#pragma once
// Parameters that share a learning-rate multiplier and a weight decay, with
// their state.

#include <cstddef>
#include <string>
#include <vector>

#include "trainer/loop/optimizer.h"

namespace convoy {

struct ParameterGroup {
  double lr_multiplier = 1;
  double weight_decay = 0;
  std::vector<std::string> names;
  std::vector<at::Tensor> parameters;
  std::vector<at::Tensor> gradients;
};

/// Splits by (multiplier, decay), keeping the order within each group.
std::vector<ParameterGroup> group_parameters(
    const std::vector<TrainedParameter>& parameters, double weight_decay);

/// Zeros of each parameter's shape and memory format.
std::vector<at::Tensor> zeros_like_each(const std::vector<at::Tensor>& tensors);

/// Appends "SLOT.NAME" entries for a checkpoint.
void append_state(
    const std::string& slot,
    const std::vector<std::string>& names,
    const std::vector<at::Tensor>& tensors,
    std::vector<NamedTensor>& into);

}  // namespace convoy
