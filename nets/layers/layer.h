#pragma once
// Layers that take one tensor and give one, and rows of them.

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nets/module.h"
#include "nets/pass.h"

namespace convoy {

class Layer : public Module {
 public:
  virtual at::Tensor forward(const at::Tensor& x, const Pass& pass) const = 0;
};

/// Layers in a row, each named by its place as in PyTorch's Sequential.
class Sequential : public Layer {
 public:
  /// Adds a layer and returns it.
  template <class L, class... Args>
  std::shared_ptr<L> add(Args&&... args) {
    return append(std::make_shared<L>(std::forward<Args>(args)...));
  }
  template <class L>
  std::shared_ptr<L> append(std::shared_ptr<L> layer) {
    return append(std::to_string(steps_.size()), std::move(layer));
  }
  /// Under a name of its own, as in an OrderedDict.
  template <class L>
  std::shared_ptr<L> append(std::string name, std::shared_ptr<L> layer) {
    steps_.push_back([own = layer.get()](const at::Tensor& x, const Pass& p) {
      return own->forward(x, p);
    });
    return child(std::move(name), std::move(layer));
  }
  /// Adds a step without parameters: it takes a place, and nothing of it is in
  /// the state.
  void then(std::function<at::Tensor(const at::Tensor&)> step) {
    steps_.push_back([step = std::move(step)](
                         const at::Tensor& x, const Pass&) { return step(x); });
  }

  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override {
    at::Tensor y = x;
    for (const auto& step : steps_) {
      y = step(y, pass);
    }
    return y;
  }

 private:
  std::vector<std::function<at::Tensor(const at::Tensor&, const Pass&)>> steps_;
};

}  // namespace convoy
