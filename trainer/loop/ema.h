#pragma once
// An average of the weights over the steps of a run, which often evaluates
// better than the last ones (Polyak and Juditsky 1992, in its exponential
// form).

#include <cstdint>
#include <string>
#include <vector>

#include "trainer/loop/model.h"

namespace convoy {

/// Of every tensor of a model: parameters and running statistics are averaged,
/// counters are copied. Each rank keeps its own, which stay bit-equal as the
/// replicas do.
class Ema {
 public:
  /// Begins with the model's values. `model` outlives it.
  Ema(Model& model, double decay);

  /// Takes in the model as it is after step `step` (from 0). Early in a run the
  /// average is shorter: its decay is at most (1 + step) / (10 + step).
  /// `found_inf` is a scalar: 1 leaves the average alone, as the optimizer
  /// leaves the weights.
  void update(std::int64_t step, const at::Tensor& found_inf);

  /// "ema.NAME" of each tensor, for checkpoints.
  std::vector<NamedTensor> state() const;

  /// While it lives the model holds the average; then its own values again, to
  /// the bit.
  class InModel {
   public:
    explicit InModel(Ema& ema);
    ~InModel();
    InModel(const InModel&) = delete;
    InModel& operator=(const InModel&) = delete;

   private:
    Ema& ema_;
    std::vector<at::Tensor> own_;
  };

 private:
  std::vector<at::Tensor> values() const;

  Model& model_;
  double decay_;
  std::vector<NamedTensor> average_;
};

}  // namespace convoy
