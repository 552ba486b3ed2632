// LARS: layer-wise adaptive rates for large batches (You, Gitman and Ginsburg
// 2017).

#include <ATen/ops/where.h>

#include "trainer/loop/optimizers.h"
#include "trainer/loop/parameter_groups.h"

namespace convoy {
namespace {

class Lars final : public Optimizer {
 public:
  Lars(const OptimizerOptions& options, const Parameters& parameters)
      : options_(options),
        groups_(group_parameters(parameters, options.weight_decay)) {
    for (const ParameterGroup& group : groups_) {
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
        at::Tensor update = group.gradients[i].add(p, group.weight_decay);
        // Norms and biases keep the global rate, as the paper's authors do.
        if (p.dim() > 1) {
          update.mul_(trust(p, group.gradients[i], group.weight_decay));
        }
        momenta_[g][i]
            .mul_(options_.momentum)
            .add_(update, lr * group.lr_multiplier);
        p.sub_(momenta_[g][i]);
      }
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
  /// coefficient * |w| / (|g| + decay * |w|), and 1 where a norm is zero.
  at::Tensor trust(
      const at::Tensor& w, const at::Tensor& g, double decay) const {
    const at::Tensor weight_norm = w.norm();
    const at::Tensor gradient_norm = g.norm();
    const at::Tensor ratio =
        weight_norm.mul(options_.trust_coefficient)
            .div_(gradient_norm.add(weight_norm, decay).add_(1e-9));
    return at::where(
        weight_norm.gt(0).logical_and_(gradient_norm.gt(0)),
        ratio,
        weight_norm.new_ones({}));
  }

  OptimizerOptions options_;
  std::vector<ParameterGroup> groups_;
  std::vector<std::vector<at::Tensor>> momenta_;
};

}  // namespace

std::unique_ptr<Optimizer> make_lars(
    const OptimizerOptions& options, const Parameters& parameters) {
  return std::make_unique<Lars>(options, parameters);
}

}  // namespace convoy
