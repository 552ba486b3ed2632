#include "distributed/reducer.h"

#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <map>
#include <stdexcept>

namespace convoy {
namespace {

std::int64_t megabytes(double mb) {
  return static_cast<std::int64_t>(mb * (1 << 20));
}

std::vector<at::Tensor> tensors_of(
    const std::vector<NamedParameter>& parameters) {
  std::vector<at::Tensor> tensors;
  for (const NamedParameter& parameter : parameters) {
    tensors.push_back(parameter.tensor);
  }
  return tensors;
}

void require_sound(const std::vector<NamedParameter>& parameters) {
  for (const auto& [name, tensor] : parameters) {
    if (!tensor.is_leaf() || !tensor.requires_grad() ||
        !tensor.is_non_overlapping_and_dense() ||
        tensor.scalar_type() != parameters.front().tensor.scalar_type()) {
      throw std::logic_error(
          "reducer: " + name +
          " must be a dense leaf of the common type that requires a gradient");
    }
  }
}

}  // namespace

Reducer::Reducer(
    std::vector<NamedParameter> parameters,
    std::vector<at::Tensor> buffers,
    Communicator& communicator,
    const ReducerOptions& options)
    : parameters_(std::move(parameters)),
      communicator_(communicator),
      buffers_(std::move(buffers), communicator, options.rounds),
      options_(options),
      gradients_(tensors_of(parameters_), communicator, options.sums),
      bucket_of_(parameters_.size()),
      ready_(parameters_.size(), false) {
  require_sound(parameters_);
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    hooks_.attach(
        parameters_[p].tensor, [this, p] { mark_ready(static_cast<int>(p)); });
  }
  const auto order = reverse_order(parameters_.size());
  plan(order);
  if (gradients_.sums() == GradientSums::parts) {
    order_ = names_of(order);
    planned_by_order_ = true;
  }
}

void Reducer::plan(const std::vector<int>& order) {
  std::vector<std::int64_t> elements;
  for (const NamedParameter& parameter : parameters_) {
    elements.push_back(parameter.tensor.numel());
  }
  plan_ = plan_buckets(
      elements,
      order,
      parameters_.empty() ? 4 : parameters_.front().tensor.element_size(),
      {megabytes(options_.bucket_mb),
       megabytes(options_.first_bucket_mb),
       gradients_.parts(),
       gradients_.part_bytes()});
  gradients_.place(plan_);
  missing_.assign(plan_.buckets.size(), 0);
  for (std::size_t b = 0; b < plan_.buckets.size(); ++b) {
    for (int p : plan_.buckets[b].parameters) {
      bucket_of_[p] = static_cast<int>(b);
    }
  }
}

void Reducer::adopt_order(const std::vector<std::string>& names) {
  if (gradients_.sums() == GradientSums::parts) {
    return;
  }
  std::map<std::string, int> index_of;
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    index_of[parameters_[p].name] = static_cast<int>(p);
  }
  std::vector<int> order;
  for (const std::string& name : names) {
    const auto found = index_of.find(name);
    if (found != index_of.end()) {
      order.push_back(found->second);
      index_of.erase(found);
    }
  }
  if (order.size() != names.size() || !index_of.empty()) {
    return;
  }
  order_ = names;
  planned_by_order_ = true;
  plan(order);
}

std::vector<std::string> Reducer::names_of(
    const std::vector<int>& order) const {
  std::vector<std::string> names;
  for (const int p : order) {
    names.push_back(parameters_[static_cast<std::size_t>(p)].name);
  }
  return names;
}

/// Rank 0's, so that ranks which differ do not plan differently.
void Reducer::agree_on_order() {
  if (parameters_.empty()) {
    return;
  }
  at::Tensor order = at::tensor(
      std::vector<std::int64_t>(arrivals_.begin(), arrivals_.end()),
      at::TensorOptions(at::kLong));
  order = order.to(parameters_.front().tensor.device());
  communicator_.broadcast(order, 0);
  order = order.cpu();
  const auto* first = order.const_data_ptr<std::int64_t>();
  order_ = names_of(std::vector<int>(first, first + order.numel()));
}

void Reducer::zero_grad() {
  if (!order_.empty() && !planned_by_order_) {
    // Only now: the step before this one has read the gradients.
    adopt_order(std::vector<std::string>(order_));
  }
  gradients_.zero();
  buffers_.begin_step();
}

double Reducer::seconds_of_micro_batch() const {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now() - micro_batch_began_)
      .count();
}

void Reducer::begin_backward(bool last) {
  micro_batch_began_ = std::chrono::steady_clock::now();
  profile_.buckets.clear();
  launching_ = last;
  next_ = 0;
  arrivals_.clear();
  ready_.assign(ready_.size(), false);
  for (std::size_t b = 0; b < plan_.buckets.size(); ++b) {
    missing_[b] = static_cast<int>(plan_.buckets[b].parameters.size());
  }
}

void Reducer::mark_ready(int parameter) {
  if (ready_[parameter]) {
    return;
  }
  ready_[parameter] = true;
  arrivals_.push_back(parameter);
  --missing_[bucket_of_[parameter]];
  if (launching_) {
    launch_complete_buckets();
  }
}

/// A bucket's gradients; notes that they are ready.
at::Tensor Reducer::take(const Bucket& bucket) {
  profile_.buckets.push_back(
      {bucket.length * gradients_.flat().element_size(),
       seconds_of_micro_batch()});
  return gradients_.bucket(bucket);
}

std::unique_ptr<Work> Reducer::launch(const Bucket& bucket) {
  const at::Tensor gradients = take(bucket);
  return gradients_.sums() == GradientSums::whole
             ? communicator_.all_reduce(gradients)
             : communicator_.reduce_scatter(gradients);
}

void Reducer::launch_complete_buckets() {
  // One by one: which of them become ready together may differ between ranks.
  // The last leaves in finish(), with what comes behind it.
  for (; next_ + 1 < plan_.buckets.size() && missing_[next_] == 0; ++next_) {
    works_.push_back(launch(plan_.buckets[next_]));
  }
  // MPI moves only while somebody calls it.
  for (const auto& work : works_) {
    work->test();
  }
}

void Reducer::require_all_ready() const {
  std::string unused;
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    if (!ready_[p]) {
      unused += (unused.empty() ? "" : ", ") + parameters_[p].name;
    }
  }
  if (!unused.empty()) {
    throw std::logic_error(fmt::format(
        "these parameters got no gradient, so their all-reduce would never "
        "start: {}. Every parameter that is trained must take part in the "
        "loss of every step",
        unused));
  }
}

void Reducer::launch_rest(const at::Tensor& sums) {
  std::vector<Reduction> rest;
  if (gradients_.sums() != GradientSums::whole && !plan_.buckets.empty()) {
    works_.push_back(launch(plan_.buckets.back()));
  } else if (!plan_.buckets.empty()) {
    rest.push_back({take(plan_.buckets.back())});
  }
  profile_.backward_end_s = seconds_of_micro_batch();
  if (const auto averages = buffers_.reduction()) {
    rest.push_back(*averages);
  }
  rest.push_back({sums});
  works_.push_back(communicator_.all_reduce_group(rest));
}

void Reducer::finish(const at::Tensor& sums) {
  require_all_ready();
  launch_rest(sums);
  for (const auto& work : works_) {
    work->wait();
  }
  works_.clear();
  gradients_.show_sums();
  if (order_.empty()) {
    agree_on_order();
  }
  if (!buffers_.end_round()) {
    begin_round(sums);
  }
}

/// The sums are rank 0's, to be the first that is added.
void Reducer::begin_round(const at::Tensor& sums) {
  if (communicator_.rank() == 0) {
    return;
  }
  gradients_.zero();
  sums.zero_();
}

}  // namespace convoy
