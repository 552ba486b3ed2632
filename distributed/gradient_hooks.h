#pragma once
// Being told when autograd has finished a parameter's gradient.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace torch::autograd {
struct Node;
}

namespace convoy {

/// Keeps the gradient accumulators, which autograd holds only weakly, and takes
/// the hooks off them at the end.
class GradientHooks {
 public:
  GradientHooks() = default;
  ~GradientHooks();
  GradientHooks(const GradientHooks&) = delete;
  GradientHooks& operator=(const GradientHooks&) = delete;

  /// Calls `call` whenever a gradient was added to `parameter`, a leaf, on the
  /// thread of backward.
  void attach(const at::Tensor& parameter, std::function<void()> call);

 private:
  struct Attached {
    std::shared_ptr<torch::autograd::Node> accumulator;
    std::uintptr_t key;
  };
  std::vector<Attached> attached_;
};

}  // namespace convoy
