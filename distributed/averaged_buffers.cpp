#include "distributed/averaged_buffers.h"

#include <ATen/ops/where.h>

#include <utility>

namespace convoy {

AveragedBuffers::AveragedBuffers(
    std::vector<at::Tensor> buffers, Communicator& communicator, int rounds)
    : buffers_(std::move(buffers)),
      communicator_(communicator),
      rounds_(rounds) {
  std::int64_t length = 0;
  for (const at::Tensor& buffer : buffers_) {
    length += buffer.numel();
  }
  if (length == 0) {
    return;
  }
  arena_ = communicator_.allocate(length, buffers_.front().options());
  std::int64_t offset = 0;
  for (at::Tensor& buffer : buffers_) {
    const at::Tensor place =
        arena_.as_strided(buffer.sizes(), buffer.strides(), offset);
    place.copy_(buffer);
    buffer.set_data(place);
    offset += buffer.numel();
  }
}

void AveragedBuffers::begin_step() {
  round_ = 0;
  if (rounds_ > 1) {
    at_start_ = save();
  }
}

std::optional<Reduction> AveragedBuffers::reduction() {
  if (!arena_.defined()) {
    return std::nullopt;
  }
  if (round_ > 0 && communicator_.rank() == 0) {
    arena_.add_(sum_);  // the first that is added, as of a rank before
  }
  return Reduction{arena_, rounds_ == 1 ? ReduceOp::average : ReduceOp::sum};
}

bool AveragedBuffers::end_round() {
  const bool last = ++round_ == rounds_;
  if (!arena_.defined()) {
    return last;
  }
  if (!last) {
    sum_ = arena_.clone();
    arena_.copy_(at_start_);
    return false;
  }
  if (rounds_ > 1) {
    arena_.mul_(1.0 / (communicator_.size() * rounds_));
  }
  return true;
}

at::Tensor AveragedBuffers::save() const {
  return arena_.defined() ? arena_.clone() : at::Tensor();
}

void AveragedBuffers::restore(
    const at::Tensor& saved, const at::Tensor& condition) {
  if (saved.defined()) {
    arena_.copy_(at::where(condition.ne(0), saved, arena_));
  }
}

}  // namespace convoy
