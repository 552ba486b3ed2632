#include "nets/layers/synced_batch_norm.h"

#include <ATen/ops/batch_norm_update_stats.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/native_batch_norm.h>
#include <ATen/ops/native_batch_norm_backward.h>
#include <torch/csrc/autograd/custom_function.h>

#include <tuple>

namespace convoy {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Of all ranks' batches; [C] each, double.
struct Statistics {
  at::Tensor count;  ///< [1]: values of a channel
  at::Tensor mean;
  at::Tensor var;  ///< biased
};

/// From each rank's mean and variance, which are exact enough, by sums in
/// double.
Statistics statistics_of(const at::Tensor& x, const SumOverRanks& sum) {
  const auto [mean, var] = at::batch_norm_update_stats(x, {}, {}, 0);
  const at::Tensor m = mean.to(at::kDouble);
  const std::int64_t channels = m.numel();
  const auto count = static_cast<double>(x.numel() / channels);
  const at::Tensor sums = at::cat(
      {at::full({1}, count, m.options()),
       m * count,
       (var.to(at::kDouble) + m * m) * count});
  sum(sums);
  Statistics all;
  all.count = sums.narrow(0, 0, 1);
  all.mean = sums.narrow(0, 1, channels) / all.count;
  all.var =
      (sums.narrow(0, 1 + channels, channels) / all.count - all.mean * all.mean)
          .clamp_min(0);
  return all;
}

void update(const SyncedBatchNorm& norm, const Statistics& all) {
  const at::Tensor unbiased =
      all.var * (all.count / (all.count - 1).clamp_min(1));
  const auto move = [&](const at::Tensor& running, const at::Tensor& seen) {
    running.mul_(1 - norm.momentum)
        .add_(seen.to(running.scalar_type()), norm.momentum);
  };
  move(norm.running_mean, all.mean);
  move(norm.running_var, unbiased);
}

/// What backward needs beside tensors.
struct Call : torch::CustomClassHolder {
  SumOverRanks sum;
  double epsilon = 0;
};

class Function : public torch::autograd::Function<Function> {
 public:
  static at::Tensor forward(
      AutogradContext* context,
      const at::Tensor& x,
      const at::Tensor& weight,
      const at::Tensor& bias,
      const SyncedBatchNorm& norm,
      const SumOverRanks& sum) {
    const Statistics all = statistics_of(x, sum);
    update(norm, all);
    const at::Tensor mean = all.mean.to(weight.scalar_type());
    const at::Tensor var = all.var.to(weight.scalar_type());
    context->save_for_backward({x, weight, mean, var, all.count});
    auto call = c10::make_intrusive<Call>();
    call->sum = sum;
    call->epsilon = norm.epsilon;
    context->saved_data["call"] = c10::IValue::make_capsule(std::move(call));
    // With given statistics it only normalises.
    return std::get<0>(at::native_batch_norm(
        x, weight, bias, mean, var, /*training=*/false, 0, norm.epsilon));
  }

  static variable_list backward(
      AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    const at::Tensor& weight = saved[1];
    const at::Tensor& mean = saved[2];
    const at::Tensor& var = saved[3];
    const auto capsule = context->saved_data["call"].toCapsule();
    const Call& call = *static_cast<const Call*>(capsule.get());
    // As if mean and variance were given...
    auto [of_x, of_weight, of_bias] = at::native_batch_norm_backward(
        gradients[0],
        x,
        weight,
        mean,
        var,
        {},
        {},
        /*train=*/false,
        call.epsilon,
        {true, true, true});
    // ...and what they change, since they depend on every x.
    const std::int64_t channels = weight.numel();
    const at::Tensor sums = at::cat({of_bias, of_weight}).to(at::kDouble);
    call.sum(sums);
    const at::Tensor inverse = (var.to(at::kDouble) + call.epsilon).rsqrt();
    const at::Tensor scale = weight.to(at::kDouble) * inverse / saved[4];
    const at::Tensor slope =
        -scale * inverse * sums.narrow(0, channels, channels);
    const at::Tensor offset =
        -scale * sums.narrow(0, 0, channels) - slope * mean.to(at::kDouble);
    const auto by_channel = [&](const at::Tensor& values) {
      return values.to(weight.scalar_type()).view({1, channels, 1, 1});
    };
    const at::Tensor change = x * by_channel(slope) + by_channel(offset);
    return {
        of_x.add_(change.to(of_x.scalar_type())),
        of_weight,
        of_bias,
        at::Tensor(),
        at::Tensor()};
  }
};

}  // namespace

at::Tensor synced_batch_norm(
    const at::Tensor& x, const SyncedBatchNorm& norm, const SumOverRanks& sum) {
  return Function::apply(x, norm.weight, norm.bias, norm, sum);
}

}  // namespace convoy
