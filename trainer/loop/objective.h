#pragma once
// What training makes small.

#include <ATen/core/Tensor.h>

#include "trainer/config/train_options.h"
#include "trainer/loop/batch.h"
#include "trainer/loop/model.h"

namespace convoy {

class Objective {
 public:
  /// `class_weights` [classes] multiply the samples' losses; undefined: all
  /// count alike.
  Objective(
      const LossOptions& options,
      const Model& model,
      const at::Tensor& class_weights);

  /// [N] float: the samples' losses as they count; of a mixed one, those of its
  /// two labels by their shares.
  at::Tensor losses(const at::Tensor& logits, const DeviceBatch& batch) const;

  /// Their sum, `losses` being the main head's, and the auxiliary heads' by
  /// their weight.
  at::Tensor total(
      const at::Tensor& losses,
      const std::vector<at::Tensor>& auxiliary_logits,
      const DeviceBatch& batch) const;

 private:
  at::Tensor weighted(const at::Tensor& logits, const at::Tensor& labels) const;

  double label_smoothing_;
  double auxiliary_weight_;
  at::Tensor class_weights_;  ///< [classes], or undefined
};

}  // namespace convoy
