// Stochastic gradient descent with momentum, in one fused pass.

#include <ATen/ops/_fused_sgd.h>

#include "trainer/loop/optimizers.h"
#include "trainer/loop/parameter_groups.h"

namespace convoy {
namespace {

class Sgd final : public Optimizer {
 public:
  Sgd(const OptimizerOptions& options, const Parameters& parameters)
      : options_(options),
        groups_(group_parameters(parameters, options.weight_decay)) {
    for (const ParameterGroup& group : groups_) {
      momenta_.push_back(
          options.momentum > 0 ? zeros_like_each(group.parameters)
                               : std::vector<at::Tensor>{});
    }
  }

  void step(double lr, const at::Tensor& found_inf) override {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const ParameterGroup& group = groups_[g];
      // A zero momentum buffer gives the first step what torch's first step
      // does.
      at::_fused_sgd_(
          group.parameters,
          group.gradients,
          momenta_[g],
          group.weight_decay,
          options_.momentum,
          lr * group.lr_multiplier,
          /*dampening=*/0,
          options_.nesterov,
          /*maximize=*/false,
          /*is_first_step=*/false,
          /*grad_scale=*/{},
          found_inf);
    }
  }

  std::vector<NamedTensor> state() const override {
    std::vector<NamedTensor> all;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      append_state("momentum", groups_[g].names, momenta_[g], all);
    }
    return all;
  }

 private:
  OptimizerOptions options_;
  std::vector<ParameterGroup> groups_;
  std::vector<std::vector<at::Tensor>> momenta_;
};

}  // namespace

std::unique_ptr<Optimizer> make_sgd(
    const OptimizerOptions& options, const Parameters& parameters) {
  return std::make_unique<Sgd>(options, parameters);
}

}  // namespace convoy
