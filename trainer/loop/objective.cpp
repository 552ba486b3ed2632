#include "trainer/loop/objective.h"

#include <ATen/ops/lerp.h>

#include "trainer/loop/metrics.h"

namespace convoy {

Objective::Objective(
    const LossOptions& options,
    const Model& model,
    const at::Tensor& class_weights)
    : label_smoothing_(options.label_smoothing),
      auxiliary_weight_(
          options.auxiliary_weight == -1 ? model.facts().auxiliary_weight
                                         : options.auxiliary_weight),
      class_weights_(
          class_weights.defined() ? class_weights.to(model.device())
                                  : class_weights) {}

at::Tensor Objective::losses(
    const at::Tensor& logits, const DeviceBatch& batch) const {
  if (!batch.is_mixed()) {
    return weighted(logits, batch.labels);
  }
  return at::lerp(
      weighted(logits, batch.second_labels),
      weighted(logits, batch.labels),
      batch.shares);
}

at::Tensor Objective::total(
    const at::Tensor& losses,
    const std::vector<at::Tensor>& auxiliary_logits,
    const DeviceBatch& batch) const {
  at::Tensor sum = losses.sum();
  for (const at::Tensor& logits : auxiliary_logits) {
    sum = sum.add(this->losses(logits, batch).sum(), auxiliary_weight_);
  }
  return sum;
}

at::Tensor Objective::weighted(
    const at::Tensor& logits, const at::Tensor& labels) const {
  const at::Tensor losses = sample_losses(logits, labels, label_smoothing_);
  return class_weights_.defined()
             ? losses.mul(class_weights_.index_select(0, labels))
             : losses;
}

}  // namespace convoy
