#pragma once
// Tensors that each rank updates in its own way (running statistics), averaged
// over ranks every step.

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

#include "distributed/communicator.h"

namespace convoy {

/// In a step of several rounds (Reducer::finish) they begin each where the step
/// began, and all rounds' are averaged.
class AveragedBuffers {
 public:
  /// Moves `buffers`, floats of one type, into one arena (set_data). `rounds`
  /// of a step.
  AveragedBuffers(
      std::vector<at::Tensor> buffers, Communicator& communicator, int rounds);

  /// Before a step.
  void begin_step();

  /// What is to be reduced of a round and those before it; nothing without
  /// buffers.
  std::optional<Reduction> reduction();

  /// Once that is complete: the average behind the last round, or ready for the
  /// next. Returns whether that was the last.
  bool end_round();

  /// A copy, taken before a step...
  at::Tensor save() const;
  /// ...and put back after it where `condition` (float scalar on the device) is
  /// not 0.
  void restore(const at::Tensor& saved, const at::Tensor& condition);

 private:
  std::vector<at::Tensor> buffers_;
  Communicator& communicator_;
  int rounds_;
  int round_ = 0;
  at::Tensor arena_;
  at::Tensor at_start_;  ///< of a step of several rounds
  at::Tensor sum_;       ///< of the rounds so far
};

}  // namespace convoy
