#include "trainer/loop/optimizer.h"

#include <map>
#include <stdexcept>

#include "trainer/loop/optimizers.h"

namespace convoy {

void Optimizer::load(const std::vector<NamedTensor>& state) {
  std::map<std::string, at::Tensor> given;
  for (const NamedTensor& entry : state) {
    given[entry.name] = entry.tensor;
  }
  for (const NamedTensor& own : this->state()) {
    const auto found = given.find(own.name);
    if (found != given.end() && !found->second.is_same(own.tensor)) {
      own.tensor.copy_(found->second);
    }
  }
}

std::unique_ptr<Optimizer> make_optimizer(
    const OptimizerOptions& options, std::vector<TrainedParameter> parameters) {
  switch (options.name) {
    case OptimizerName::sgd:
      return make_sgd(options, parameters);
    case OptimizerName::adam:
    case OptimizerName::adamw:
      return make_adam(options, parameters);
    case OptimizerName::rmsprop:
      return make_rmsprop(options, parameters);
    case OptimizerName::lars:
      return make_lars(options, parameters);
  }
  throw std::logic_error("make_optimizer: unknown name");
}

}  // namespace convoy
