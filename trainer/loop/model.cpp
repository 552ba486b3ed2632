#include "trainer/loop/model.h"

#include <c10/core/GradMode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "data/errors.h"
#include "trainer/loop/trained_by.h"

namespace convoy {
Model::Model(const ModelOptions& options)
    : entry_(find_net(options.net)),
      net_(entry_.build(options.options)),
      fine_tune_(options.fine_tune),
      device_(options.device),
      channels_last_(options.channels_last),
      classes_(options.options.classes) {
  state_ = net_->state();
  train_after(0);
  place();
}

bool Model::train_after(std::int64_t epochs) {
  const std::size_t before = trained().size();
  epochs_ = std::max(epochs_, epochs);
  net_->choose_trained(trained_by(
      fine_tune_,
      state_,
      [this](const std::string& name) { return is_head(name); },
      epochs_));
  return trained().size() > before;
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
  return convoy::is_head(entry_.facts, name);
}

Match Model::load(
    const std::vector<NamedTensor>& tensors,
    const LoadOptions& options,
    const std::string& source) {
  const Match match = match_weights(
      state_,
      tensors,
      {[&](const std::string& name) {
         return options.reset_head && is_head(name);
       },
       [&](const std::string& name) {
         return options.reset_head && is_auxiliary(entry_.facts, name);
       },
       options.allowed});
  if (!match.fits()) {
    throw BadData(fmt::format(
        "{} does not fit {}:\n{}\nIs net.name right? Tensors that may be left "
        "out are named in net.allow",
        source,
        entry_.facts.name,
        describe_match(match)));
  }
  copy_matched(state_, tensors, match);
  return match;
}

}  // namespace convoy
