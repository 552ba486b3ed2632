#pragma once
// Which parameters a way of fine-tuning trains.

#include <functional>
#include <string>
#include <vector>

#include "nets/module.h"
#include "trainer/config/train_options.h"

namespace convoy {

using NamePredicate = std::function<bool(const std::string&)>;

/// "layer1.0.bn1" of "layer1.0.bn1.running_mean".
std::string layer_of(const std::string& name);

/// Tells of each name in `state` whether it is trained once `epochs` epochs are
/// done; `is_head` tells the head's. Later epochs train no less.
NamePredicate trained_by(
    const FineTuneOptions& options,
    const std::vector<NamedTensor>& state,
    const NamePredicate& is_head,
    std::int64_t epochs = 0);

}  // namespace convoy
