#pragma once
// The update rules behind make_optimizer, one file each.

#include <memory>
#include <vector>

#include "trainer/loop/optimizer.h"

namespace convoy {

using Parameters = std::vector<TrainedParameter>;

std::unique_ptr<Optimizer> make_sgd(const OptimizerOptions&, const Parameters&);
std::unique_ptr<Optimizer> make_adam(
    const OptimizerOptions&, const Parameters&);
std::unique_ptr<Optimizer> make_rmsprop(
    const OptimizerOptions&, const Parameters&);
std::unique_ptr<Optimizer> make_lars(
    const OptimizerOptions&, const Parameters&);

}  // namespace convoy
