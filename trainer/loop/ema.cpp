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

void Ema::update(std::int64_t step, const at::Tensor& found_inf) {
  const c10::NoGradGuard guard;
  const auto t = static_cast<double>(step);
  const double decay = std::min(decay_, (1 + t) / (10 + t));
  const at::Tensor share = found_inf.neg().add(1).mul(1 - decay);
  const auto now = values();
  for (std::size_t i = 0; i < average_.size(); ++i) {
    at::Tensor& average = average_[i].tensor;
    average.is_floating_point()
        ? average.lerp_(now[i], share.to(average.scalar_type()))
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
  const c10::NoGradGuard guard;
  const auto values = ema_.values();
  try {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i].copy_(own_[i]);
    }
  } catch (const std::exception&) {
    // The device is lost: the error that brought us here is told, and nothing
    // is trained or saved any more.
  }
}

}  // namespace convoy
