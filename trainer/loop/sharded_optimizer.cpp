#include "trainer/loop/sharded_optimizer.h"

#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "trainer/loop/parameter_groups.h"

namespace convoy {
namespace {

/// One of the tensors that a rule keeps for each parameter.
struct Slot {
  std::string name;
  bool scalar = false;
};

/// Asked of a parameter of one element, since a rank may own no shard.
std::vector<Slot> slots_of(const OptimizerOptions& options) {
  const at::Tensor element = at::zeros({1});
  element.mutable_grad() = at::zeros({1});
  std::vector<Slot> slots;
  for (const NamedTensor& entry :
       make_optimizer(options, {{"x", element}})->state()) {
    slots.push_back(
        {entry.name.substr(0, entry.name.find('.')), entry.tensor.dim() == 0});
  }
  return slots;
}

class ShardedOptimizer final : public Optimizer {
 public:
  ShardedOptimizer(
      const OptimizerOptions& options,
      std::vector<TrainedParameter> parameters,
      const ShardedParameters& shards)
      : weight_decay_(options.weight_decay),
        parameters_(std::move(parameters)),
        shards_(shards),
        slots_(slots_of(options)),
        own_(make_optimizer(options, own_parameters())) {}

  void step(double lr, const at::Tensor& found_inf) override {
    own_->step(lr, found_inf);
  }

  std::vector<NamedTensor> state() const override;
  void load(const std::vector<NamedTensor>& state) override;

 private:
  std::vector<TrainedParameter> own_parameters() const;
  std::map<std::string, at::Tensor> own_state() const;
  std::string own_name(const Slot& slot, std::size_t shard) const {
    return slot.name + "." + std::to_string(shard);
  }
  std::vector<at::Tensor> gather(const Slot& slot) const;

  double weight_decay_;
  std::vector<TrainedParameter> parameters_;
  const ShardedParameters& shards_;
  std::vector<Slot> slots_;
  std::unique_ptr<Optimizer> own_;  ///< of shards, named by their number
};

std::vector<TrainedParameter> ShardedOptimizer::own_parameters() const {
  std::vector<TrainedParameter> own;
  for (const OwnedShard& shard : shards_.own()) {
    const TrainedParameter& whole = parameters_[shard.parameter];
    at::Tensor values = shard.values.detach();
    values.mutable_grad() = shard.gradients;
    own.push_back(
        {std::to_string(own.size()),
         values,
         whole.lr_multiplier,
         whole.decay_multiplier});
  }
  return own;
}

std::map<std::string, at::Tensor> ShardedOptimizer::own_state() const {
  std::map<std::string, at::Tensor> by_name;
  for (const NamedTensor& entry : own_->state()) {
    by_name[entry.name] = entry.tensor;
  }
  return by_name;
}

/// By parameter.
std::vector<at::Tensor> ShardedOptimizer::gather(const Slot& slot) const {
  const auto by_name = own_state();
  std::vector<at::Tensor> own;
  for (std::size_t s = 0; s < shards_.own().size(); ++s) {
    own.push_back(by_name.at(own_name(slot, s)));
  }
  std::vector<at::Tensor> whole = shards_.gather(own);
  for (at::Tensor& tensor : whole) {
    if (slot.scalar) {
      tensor = tensor.as_strided({}, {}).clone();
    }
  }
  return whole;
}

std::vector<NamedTensor> ShardedOptimizer::state() const {
  std::map<std::string, at::Tensor> gathered;
  for (const Slot& slot : slots_) {
    const std::vector<at::Tensor> whole = gather(slot);
    for (std::size_t p = 0; p < whole.size(); ++p) {
      gathered[slot.name + "." + parameters_[p].name] = whole[p];
    }
  }
  std::vector<NamedTensor> all;
  for (const ParameterGroup& group :
       group_parameters(parameters_, weight_decay_)) {
    for (const Slot& slot : slots_) {
      for (const std::string& parameter : group.names) {
        const std::string name = slot.name + "." + parameter;
        all.push_back({name, gathered.at(name), false});
      }
    }
  }
  return all;
}

void ShardedOptimizer::load(const std::vector<NamedTensor>& state) {
  std::map<std::string, at::Tensor> given;
  for (const NamedTensor& entry : state) {
    given[entry.name] = entry.tensor;
  }
  auto by_name = own_state();
  for (const Slot& slot : slots_) {
    std::vector<at::Tensor> whole;
    for (const TrainedParameter& parameter : parameters_) {
      const auto found = given.find(slot.name + "." + parameter.name);
      whole.push_back(
          found != given.end() ? found->second
                               : at::zeros_like(parameter.tensor));
    }
    const std::vector<at::Tensor> own = shards_.own_of(whole);
    for (std::size_t s = 0; s < own.size(); ++s) {
      by_name.at(own_name(slot, s))
          .copy_(slot.scalar ? own[s].select(0, 0) : own[s]);
    }
  }
}

/// Whether all ranks share one host's memory, in which gradients are.
bool in_one_memory(const World& world) {
  return world.size() > 1 && !world.device().is_cuda() &&
         world.backend_name() == "shm" && world.local_size() == world.size();
}

}  // namespace

std::unique_ptr<Optimizer> make_sharded_optimizer(
    const OptimizerOptions& options,
    std::vector<TrainedParameter> parameters,
    const ShardedParameters& shards) {
  if (options.name == OptimizerName::lars) {
    throw std::logic_error("sharded optimizer: LARS needs whole tensors");
  }
  return std::make_unique<ShardedOptimizer>(
      options, std::move(parameters), shards);
}

bool shards_optimizer(const Config& config, const World& world) {
  const bool rounds_alike = config.optimizer.clip_norm == 0 &&
                            config.optimizer.name != OptimizerName::lars &&
                            config.distributed.virtual_ranks == 0;
  switch (config.distributed.sharded_optimizer) {
    case Sharding::automatic:
      return in_one_memory(world) && rounds_alike;
    case Sharding::on:
      return world.size() > 1;
    case Sharding::off:
      return false;
  }
  throw std::logic_error("shards_optimizer: unknown choice");
}

GradientSums sums_of(const Config& config, const World& world) {
  if (shards_optimizer(config, world)) {
    return GradientSums::parts;
  }
  return in_one_memory(world) && config.distributed.virtual_ranks == 0
             ? GradientSums::joined
             : GradientSums::whole;
}

}  // namespace convoy
