#include "trainer/loop/parameter_groups.h"

#include <ATen/ops/zeros_like.h>

namespace convoy {

std::vector<ParameterGroup> group_parameters(
    const std::vector<TrainedParameter>& parameters, double weight_decay) {
  std::vector<ParameterGroup> groups;
  for (const TrainedParameter& p : parameters) {
    const double decay = p.decay_multiplier * weight_decay;
    ParameterGroup* home = nullptr;
    for (ParameterGroup& group : groups) {
      if (group.lr_multiplier == p.lr_multiplier &&
          group.weight_decay == decay) {
        home = &group;
      }
    }
    if (home == nullptr) {
      home = &groups.emplace_back(
          ParameterGroup{p.lr_multiplier, decay, {}, {}, {}});
    }
    home->names.push_back(p.name);
    home->parameters.push_back(p.tensor.detach());
    home->gradients.push_back(p.tensor.grad());
  }
  return groups;
}

std::vector<at::Tensor> zeros_like_each(
    const std::vector<at::Tensor>& tensors) {
  std::vector<at::Tensor> zeros;
  for (const at::Tensor& tensor : tensors) {
    zeros.push_back(at::zeros_like(tensor));
  }
  return zeros;
}

void append_state(
    const std::string& slot,
    const std::vector<std::string>& names,
    const std::vector<at::Tensor>& tensors,
    std::vector<NamedTensor>& into) {
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    into.push_back({slot + "." + names[i], tensors[i], false});
  }
}

}  // namespace convoy
