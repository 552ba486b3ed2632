#include "trainer/loop/ema.h"

#include <c10/core/GradMode.h>

#include <algorithm>

namespace convoy {

Ema::Ema(Model& model, double decay) : model_(model), decay_(decay) {
  for (const NamedTensor& entry : model.state()) {
    average_.push_back(
        {"ema." + entry.name, entry.tensor.detach().clone(), false});
  }
}

void Ema::update(std::int64_t step) {
  const c10::NoGradGuard guard;
  const auto t = static_cast<double>(step);
  const double decay = std::min(decay_, (1 + t) / (10 + t));
  const auto now = values();
  for (std::size_t i = 0; i < average_.size(); ++i) {
    at::Tensor& average = average_[i].tensor;
    average.is_floating_point() ? average.lerp_(now[i], 1 - decay)
                                : average.copy_(now[i]);
  }
}

std::vector<NamedTensor> Ema::state() const {
  return average_;
}

std::vector<at::Tensor> Ema::values() const {
  std::vector<at::Tensor> all;
  for (const NamedTensor& entry : model_.state()) {
    all.push_back(entry.tensor.detach());
  }
  return all;
}

Ema::InModel::InModel(Ema& ema) : ema_(ema) {
  const auto values = ema.values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    own_.push_back(values[i].clone());
    values[i].copy_(ema.average_[i].tensor);
  }
}

Ema::InModel::~InModel() {
  const auto values = ema_.values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i].copy_(own_[i]);
  }
}

}  // namespace convoy
