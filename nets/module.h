#pragma once
// Named tensors in a tree: the part of a neural network that checkpoints,
// optimizers and the reducer see. Names and order are those of PyTorch's
// state_dict().
//
// Not torch::nn::Module, whose headers take 17 s to compile (this one 6 s),
// whose mode is kept in the module (here it is part of the Pass, so evaluation
// may use threads), and whose layers draw from the default generator (ours are
// keyed).

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace convoy {

/// An entry of a state dict. A parameter is trained; a buffer (running
/// statistics) is not.
struct NamedTensor {
  std::string name;
  at::Tensor tensor;
  bool is_parameter = true;
};

class Module {
 public:
  virtual ~Module() = default;

  /// Parameters and buffers in PyTorch's order: own parameters, own buffers,
  /// children in order of registration. The tensors share the module's storage.
  std::vector<NamedTensor> state() const;

  /// Trains the parameters whose name `trained` accepts and no others. A layer
  /// none of whose own parameters is trained is frozen: its batch norm keeps
  /// its statistics.
  void choose_trained(const std::function<bool(const std::string&)>& trained);

 protected:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  /// Registers a trained tensor and returns a handle to it.
  at::Tensor parameter(std::string name, at::Tensor value);
  /// Registers a tensor that is kept but not trained.
  at::Tensor buffer(std::string name, at::Tensor value);

  /// Has parameters of its own, and none of them is trained.
  bool frozen() const { return frozen_; }

  /// Registers a child and returns it.
  template <class M>
  std::shared_ptr<M> child(std::string name, std::shared_ptr<M> module) {
    children_.emplace_back(std::move(name), module);
    return module;
  }
  template <class M, class... Args>
  std::shared_ptr<M> make(std::string name, Args&&... args) {
    return child(
        std::move(name), std::make_shared<M>(std::forward<Args>(args)...));
  }

 private:
  void collect(const std::string& prefix, std::vector<NamedTensor>& into) const;
  void choose_trained(
      const std::string& prefix,
      const std::function<bool(const std::string&)>& trained);

  std::vector<NamedTensor> parameters_;
  std::vector<NamedTensor> buffers_;
  std::vector<std::pair<std::string, std::shared_ptr<Module>>> children_;
  bool frozen_ = false;
};

}  // namespace convoy
