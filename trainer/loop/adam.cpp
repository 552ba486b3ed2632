// Adam (Kingma and Ba 2015) and AdamW, in one fused pass.

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_sub.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/zeros.h>

#include "trainer/loop/optimizers.h"
#include "trainer/loop/parameter_groups.h"

namespace convoy {
namespace {

struct Moments {
  std::vector<at::Tensor> first;
  std::vector<at::Tensor> second;
  std::vector<at::Tensor> steps;  ///< float scalars: updates made
};

class Adam final : public Optimizer {
 public:
  Adam(const OptimizerOptions& options, const Parameters& parameters)
      : options_(options),
        groups_(group_parameters(parameters, options.weight_decay)) {
    for (const ParameterGroup& group : groups_) {
      Moments m{
          zeros_like_each(group.parameters),
          zeros_like_each(group.parameters),
          {}};
      for (const at::Tensor& p : group.parameters) {
        m.steps.push_back(at::zeros({}, p.options().dtype(at::kFloat)));
      }
      moments_.push_back(std::move(m));
    }
  }

  void step(double lr, const at::Tensor& found_inf) override {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      step_group(groups_[g], moments_[g], lr, found_inf);
    }
  }

  std::vector<NamedTensor> state() const override {
    std::vector<NamedTensor> all;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      append_state("first", groups_[g].names, moments_[g].first, all);
      append_state("second", groups_[g].names, moments_[g].second, all);
      append_state("updates", groups_[g].names, moments_[g].steps, all);
    }
    return all;
  }

 private:
  void step_group(
      const ParameterGroup& group,
      Moments& m,
      double lr,
      const at::Tensor& found_inf) {
    at::_foreach_add_(m.steps, 1);
    using Update = void (*)(
        at::TensorList,
        at::TensorList,
        at::TensorList,
        at::TensorList,
        at::TensorList,
        at::TensorList,
        double,
        double,
        double,
        double,
        double,
        bool,
        bool,
        const std::optional<at::Tensor>&,
        const std::optional<at::Tensor>&);
    const Update update = options_.name == OptimizerName::adamw
                              ? static_cast<Update>(at::_fused_adamw_)
                              : static_cast<Update>(at::_fused_adam_);
    update(
        group.parameters,
        group.gradients,
        m.first,
        m.second,
        /*max_exp_avg_sqs=*/{},
        m.steps,
        lr * group.lr_multiplier,
        options_.betas[0],
        options_.betas[1],
        group.weight_decay,
        options_.epsilon,
        /*amsgrad=*/false,
        /*maximize=*/false,
        /*grad_scale=*/{},
        found_inf);
    // A skipped update was none.
    at::_foreach_sub_(
        m.steps, std::vector<at::Tensor>(m.steps.size(), found_inf));
  }

  OptimizerOptions options_;
  std::vector<ParameterGroup> groups_;
  std::vector<Moments> moments_;
};

}  // namespace

std::unique_ptr<Optimizer> make_adam(
    const OptimizerOptions& options, const Parameters& parameters) {
  return std::make_unique<Adam>(options, parameters);
}

}  // namespace convoy
