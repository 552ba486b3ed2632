#pragma once
// Reading a step's figures without stopping a GPU.

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/Event.h>

#include <cstdint>
#include <deque>
#include <vector>

namespace convoy {

/// What a step reports, reduced over all ranks, so the same on each.
struct StepFigures {
  std::int64_t step = 0;
  double loss = 0;  ///< sum over the global batch
  double top1 = 0;  ///< hits in it
  double top5 = 0;
  double samples = 0;
  double stop = 0;           ///< ranks that were asked to stop
  double gradient_norm = 0;  ///< of the mean loss's gradient
  bool nonfinite = false;    ///< the update was skipped
  double own_loss = 0;       ///< of this rank's share alone: not reduced
  /// Samples whose scores are not those of the first of their rank.
  double differing = 0;
};

/// On the CPU figures are there at once. On CUDA they are copied behind the
/// step, and read when the next step has been enqueued: one step late, on every
/// rank alike.
class Readback {
 public:
  /// The figures as they lie in a device tensor: loss, top1, top5, samples,
  /// stop, norm, nonfinite, own loss, differing.
  static constexpr std::int64_t kFigures = 9;

  explicit Readback(c10::Device device) : device_(device) {}

  /// Hands in the figures of `step` (fp64 [kFigures]); returns those that are
  /// due.
  std::vector<StepFigures> push(std::int64_t step, const at::Tensor& figures);

  /// Waits for everything that was handed in.
  std::vector<StepFigures> flush();

 private:
  struct Pending {
    std::int64_t step;
    at::Tensor host;
    c10::Event ready;
  };

  StepFigures settle();

  c10::Device device_;
  std::deque<Pending> pending_;
};

}  // namespace convoy
