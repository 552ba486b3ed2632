#include "distributed/gradient_hooks.h"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <utility>

namespace convoy {
namespace {

class CallHook final : public torch::autograd::FunctionPostHook {
 public:
  explicit CallHook(std::function<void()> call) : call_(std::move(call)) {}

  torch::autograd::variable_list operator()(
      const torch::autograd::variable_list& outputs,
      const torch::autograd::variable_list&) override {
    call_();
    return outputs;
  }

 private:
  std::function<void()> call_;
};

}  // namespace

void GradientHooks::attach(
    const at::Tensor& parameter, std::function<void()> call) {
  auto accumulator = torch::autograd::impl::grad_accumulator(parameter);
  const auto key =
      accumulator->add_post_hook(std::make_unique<CallHook>(std::move(call)));
  attached_.push_back({std::move(accumulator), key});
}

GradientHooks::~GradientHooks() {
  for (const auto& [accumulator, key] : attached_) {
    accumulator->del_post_hook(key);
  }
}

}  // namespace convoy
