#include "nets/module.h"

namespace convoy {

std::vector<NamedTensor> Module::state() const {
  std::vector<NamedTensor> all;
  collect("", all);
  return all;
}

void Module::collect(
    const std::string& prefix, std::vector<NamedTensor>& into) const {
  for (const auto* own : {&parameters_, &buffers_}) {
    for (const NamedTensor& entry : *own) {
      into.push_back({prefix + entry.name, entry.tensor, entry.is_parameter});
    }
  }
  for (const auto& [name, module] : children_) {
    module->collect(prefix + name + ".", into);
  }
}

void Module::choose_trained(
    const std::function<bool(const std::string&)>& trained) {
  choose_trained("", trained);
}

void Module::choose_trained(
    const std::string& prefix,
    const std::function<bool(const std::string&)>& trained) {
  frozen_ = !parameters_.empty();
  for (NamedTensor& entry : parameters_) {
    const bool train = trained(prefix + entry.name);
    entry.tensor.requires_grad_(train);
    frozen_ = frozen_ && !train;
  }
  for (const auto& [name, module] : children_) {
    module->choose_trained(prefix + name + ".", trained);
  }
}

at::Tensor Module::parameter(std::string name, at::Tensor value) {
  value.requires_grad_();
  parameters_.push_back({std::move(name), value, true});
  return value;
}

at::Tensor Module::buffer(std::string name, at::Tensor value) {
  buffers_.push_back({std::move(name), value, false});
  return value;
}

}  // namespace convoy
