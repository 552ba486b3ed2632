#include "distributed/gradient_arena.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <utility>

#include "distributed/squared_norm.h"

namespace convoy {

GradientArena::GradientArena(
    std::vector<at::Tensor> parameters,
    Communicator& communicator,
    GradientSums wanted)
    : parameters_(std::move(parameters)),
      communicator_(communicator),
      sums_(communicator.size() > 1 ? wanted : GradientSums::whole) {
  if (!parameters_.empty()) {
    options_ = parameters_.front().options().requires_grad(false);
  }
  for (const at::Tensor& parameter : parameters_) {
    parameter.mutable_grad() = at::empty({0}, options_);
  }
  token_ = at::zeros({1}, options_);
}

void GradientArena::place(const BucketPlan& plan) {
  if (parameters_.empty()) {
    return;
  }
  if (!flat_.defined() || flat_.numel() != plan.length) {
    flat_ = communicator_.allocate(plan.length, options_);
  }
  offsets_ = plan.offsets;
  gradient_views_ = views_of(flat_);
  show(gradient_views_);
  own_sums_.clear();
  std::vector<std::int64_t> lengths;
  for (const Bucket& one : plan.buckets) {
    lengths.push_back(one.length);
    own_sums_.push_back(
        part_of(bucket(one), communicator_.rank() % parts(), parts()));
  }
  if (sums_ == GradientSums::joined) {
    joined_ = communicator_.join(flat_, lengths);
    sums_ = joined_.defined() ? GradientSums::joined : GradientSums::whole;
  }
  if (sums_ == GradientSums::joined) {
    sum_views_ = views_of(joined_);
  }
  if (sums_ == GradientSums::whole) {
    own_sums_ = {flat_};
  }
  share_out_parameters();
}

/// By parameter.
std::vector<at::Tensor> GradientArena::views_of(const at::Tensor& arena) const {
  std::vector<at::Tensor> views;
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    views.push_back(arena.as_strided(
        parameters_[p].sizes(), parameters_[p].strides(), offsets_[p]));
  }
  return views;
}

void GradientArena::show(const std::vector<at::Tensor>& gradients) {
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    parameters_[p].mutable_grad().set_data(gradients[p]);
  }
}

void GradientArena::zero() {
  if (sums_ == GradientSums::joined) {
    release();
    released_->wait();  // others may still read what is written now
    released_.reset();
    show(gradient_views_);
  }
  if (flat_.defined()) {
    flat_.zero_();
  }
}

void GradientArena::show_sums() {
  if (sums_ == GradientSums::joined) {
    show(sum_views_);
  }
}

/// Joined, by turns to the rank that has least to do.
void GradientArena::share_out_parameters() {
  measured_.clear();
  std::vector<std::int64_t> load(
      sums_ == GradientSums::joined ? communicator_.size() : 1);
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    const auto least = std::min_element(load.begin(), load.end());
    *least += parameters_[p].numel();
    if (sums_ == GradientSums::whole ||
        least - load.begin() == communicator_.rank()) {
      measured_.push_back(p);
    }
  }
}

/// Each by itself, so that neither the plan nor padding shows in the bits.
at::Tensor GradientArena::squares_of_parameters() const {
  const at::Tensor squares = at::zeros(
      {static_cast<std::int64_t>(parameters_.size())},
      options_.dtype(at::kDouble));
  const at::Tensor& sums = joined_.defined() ? joined_ : flat_;
  for (const std::size_t p : measured_) {
    squares[static_cast<std::int64_t>(p)].copy_(
        squared_norm(sums.narrow(0, offsets_[p], parameters_[p].numel())));
  }
  return squares;
}

at::Tensor GradientArena::norm() const {
  at::Tensor squares = at::zeros({1}, options_.dtype(at::kDouble));
  if (flat_.defined() && flat_.is_cpu() && sums_ != GradientSums::parts) {
    squares = squares_of_parameters();
  } else {
    for (const at::Tensor& sums : own_sums_) {
      squares.add_(squared_norm(sums));
    }
  }
  if (sums_ != GradientSums::whole) {
    communicator_.all_reduce(squares)->wait();
  }
  return squares.sum().sqrt_();
}

void GradientArena::scale(const at::Tensor& factor) {
  for (const at::Tensor& sums : own_sums_) {
    sums.mul_(factor.to(sums.scalar_type()));
  }
  if (sums_ == GradientSums::joined) {
    communicator_.barrier();
  }
}

void GradientArena::release() {
  if (sums_ == GradientSums::joined && released_ == nullptr) {
    released_ = communicator_.all_reduce(token_);
  }
}

}  // namespace convoy
