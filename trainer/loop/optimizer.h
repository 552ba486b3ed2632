#pragma once
// Update rules. Parameters, gradients and state share memory formats; nothing
// here looks at how a gradient was computed.

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <vector>

#include "nets/module.h"
#include "trainer/config/train_options.h"

namespace convoy {

/// A parameter and how it is trained. grad() is defined and stays the same
/// tensor.
struct TrainedParameter {
  std::string name;
  at::Tensor tensor;
  double lr_multiplier = 1;
  double decay_multiplier = 1;
};

class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// One update from the gradients. `found_inf`: float scalar on the
  /// parameters' device; 1 leaves parameters and state as they are, without the
  /// host having to know.
  virtual void step(double lr, const at::Tensor& found_inf) = 0;

  /// What a checkpoint keeps: "momentum.NAME" and the like, in a fixed order.
  virtual std::vector<NamedTensor> state() const = 0;

  /// Takes the values of state() of an optimizer of the same rule. For a new
  /// one: what `state` does not name is as it began.
  virtual void load(const std::vector<NamedTensor>& state);
};

/// SGD, Adam, AdamW (Loshchilov and Hutter 2019), RMSprop and LARS (You et al.
/// 2017), with the arithmetic of torch.optim where it has them. Momentum is
/// torch's, v = momentum v + g and p -= lr v (Nesterov: p -= lr (g + momentum
/// v)), so that a drop of the rate acts at once; LARS has the paper's, with the
/// rate inside: v = momentum v + lr trust (g + decay p) and p -= v.
std::unique_ptr<Optimizer> make_optimizer(
    const OptimizerOptions& options, std::vector<TrainedParameter> parameters);

}  // namespace convoy
