// RMSprop (Tieleman and Hinton 2012) with momentum, as torch.optim.RMSprop.

#include "trainer/loop/optimizers.h"
#include "trainer/loop/parameter_groups.h"

namespace convoy {
namespace {

class RmsProp final : public Optimizer {
 public:
  RmsProp(const OptimizerOptions& options, const Parameters& parameters)
      : options_(options),
        groups_(group_parameters(parameters, options.weight_decay)) {
    for (const ParameterGroup& group : groups_) {
      squares_.push_back(zeros_like_each(group.parameters));
      momenta_.push_back(zeros_like_each(group.parameters));
    }
  }

  void step(double lr, const at::Tensor& found_inf) override {
    if (found_inf.item<float>() != 0) {
      return;
    }
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const ParameterGroup& group = groups_[g];
      for (std::size_t i = 0; i < group.parameters.size(); ++i) {
        const at::Tensor& p = group.parameters[i];
        const at::Tensor gradient =
            group.gradients[i].add(p, group.weight_decay);
        squares_[g][i]
            .mul_(options_.alpha)
            .addcmul_(gradient, gradient, 1 - options_.alpha);
        const at::Tensor scale = squares_[g][i].sqrt().add_(options_.epsilon);
        momenta_[g][i].mul_(options_.momentum).addcdiv_(gradient, scale);
        p.add_(momenta_[g][i], -lr * group.lr_multiplier);
      }
    }
  }

  std::vector<NamedTensor> state() const override {
    std::vector<NamedTensor> all;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      append_state("square", groups_[g].names, squares_[g], all);
      append_state("momentum", groups_[g].names, momenta_[g], all);
    }
    return all;
  }

 private:
  OptimizerOptions options_;
  std::vector<ParameterGroup> groups_;
  std::vector<std::vector<at::Tensor>> squares_;
  std::vector<std::vector<at::Tensor>> momenta_;
};

}  // namespace

std::unique_ptr<Optimizer> make_rmsprop(
    const OptimizerOptions& options, const Parameters& parameters) {
  return std::make_unique<RmsProp>(options, parameters);
}

}  // namespace convoy
