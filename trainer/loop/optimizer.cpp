#include "trainer/loop/optimizer.h"

#include <stdexcept>

#include "trainer/loop/optimizers.h"

namespace convoy {

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
