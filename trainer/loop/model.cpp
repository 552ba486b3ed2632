#include "trainer/loop/model.h"

#include <c10/core/GradMode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "data/errors.h"

namespace convoy {
namespace {

/// Which parameters a fine-tuning mode trains.
std::function<bool(const std::string&)> trained_by(
    const FineTuneOptions& options,
    const std::vector<NamedTensor>& state,
    std::string_view head) {
  switch (options.mode) {
    case FineTuneMode::full:
      return [](const std::string&) { return true; };
    case FineTuneMode::head:
      return [head](const std::string& name) { return name.starts_with(head); };
    case FineTuneMode::partial:
      break;
  }
  std::vector<std::string> names = names_from(state, options.first_layer);
  std::sort(names.begin(), names.end());
  return [names = std::move(names)](const std::string& name) {
    return std::binary_search(names.begin(), names.end(), name);
  };
}

/// "layer1.0.bn1" of "layer1.0.bn1.running_mean".
std::string layer_of(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? "" : name.substr(0, dot);
}

std::string shape(const at::Tensor& tensor) {
  return fmt::format("[{}]", fmt::join(tensor.sizes(), ", "));
}

}  // namespace

Model::Model(const ModelOptions& options)
    : entry_(find_net(options.net)),
      net_(entry_.build(options.options)),
      device_(options.device),
      channels_last_(options.channels_last),
      classes_(options.options.classes) {
  net_->choose_trained(
      trained_by(options.fine_tune, net_->state(), entry_.facts.head));
  state_ = net_->state();
  place();
}

void Model::place() {
  for (NamedTensor& entry : state_) {
    const auto format = channels_last_ && entry.tensor.dim() == 4
                            ? at::MemoryFormat::ChannelsLast
                            : at::MemoryFormat::Contiguous;
    entry.tensor.set_data(entry.tensor.detach().to(device_).contiguous(format));
  }
}

std::vector<NamedTensor> Model::trained() const {
  std::vector<NamedTensor> all;
  for (const NamedTensor& entry : state_) {
    if (entry.is_parameter && entry.tensor.requires_grad()) {
      all.push_back(entry);
    }
  }
  return all;
}

std::vector<at::Tensor> Model::statistics() const {
  std::set<std::string> trained_layers;
  for (const NamedTensor& entry : trained()) {
    trained_layers.insert(layer_of(entry.name));
  }
  std::vector<at::Tensor> all;
  for (const NamedTensor& entry : state_) {
    if (!entry.is_parameter && entry.tensor.is_floating_point() &&
        trained_layers.contains(layer_of(entry.name))) {
      all.push_back(entry.tensor);
    }
  }
  return all;
}

bool Model::is_head(const std::string& name) const {
  return name.starts_with(entry_.facts.head);
}

LoadReport Model::load(
    const std::vector<NamedTensor>& tensors,
    bool reset_head,
    const std::string& source) {
  std::map<std::string, at::Tensor> given;
  for (const NamedTensor& entry : tensors) {
    given[entry.name] = entry.tensor;
  }
  LoadReport report;
  std::vector<std::string> wrong;
  const c10::NoGradGuard guard;
  for (const NamedTensor& entry : state_) {
    const auto found = given.find(entry.name);
    const bool fits =
        found != given.end() && found->second.sizes() == entry.tensor.sizes();
    if (fits) {
      entry.tensor.copy_(found->second);
      report.loaded.push_back(entry.name);
    } else if (reset_head && is_head(entry.name)) {
      report.reset.push_back(entry.name);
    } else if (found == given.end()) {
      wrong.push_back(
          fmt::format("missing: {} {}", entry.name, shape(entry.tensor)));
    } else {
      wrong.push_back(fmt::format(
          "misshapen: {} is {} in the file, {} in the network",
          entry.name,
          shape(found->second),
          shape(entry.tensor)));
    }
    if (found != given.end()) {
      given.erase(found);
    }
  }
  for (const auto& [name, tensor] : given) {
    wrong.push_back(fmt::format("unexpected: {} {}", name, shape(tensor)));
  }
  if (!wrong.empty()) {
    throw BadData(fmt::format(
        "{} does not fit {}: {}. Is net.name right?",
        source,
        entry_.facts.name,
        fmt::join(wrong, "; ")));
  }
  return report;
}

}  // namespace convoy
