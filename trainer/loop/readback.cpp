#include "trainer/loop/readback.h"

#include <ATen/ops/empty.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace convoy {
namespace {

StepFigures read(std::int64_t step, const at::Tensor& host) {
  const double* v = host.const_data_ptr<double>();
  return {step, v[0], v[1], v[2], v[3], v[4], v[5], v[6] != 0, v[7], v[8]};
}

}  // namespace

std::vector<StepFigures> Readback::push(
    std::int64_t step, const at::Tensor& figures) {
  if (!device_.is_cuda()) {
    return {read(step, figures)};
  }
  Pending next{
      step,
      at::empty({kFigures}, at::TensorOptions(at::kDouble).pinned_memory(true)),
      c10::Event(device_.type())};
  next.host.copy_(figures, /*non_blocking=*/true);
  next.ready.record(
      c10::impl::VirtualGuardImpl(device_.type()).getStream(device_));
  pending_.push_back(std::move(next));
  std::vector<StepFigures> due;
  while (pending_.size() > 1) {
    due.push_back(settle());
  }
  return due;
}

std::vector<StepFigures> Readback::flush() {
  std::vector<StepFigures> due;
  while (!pending_.empty()) {
    due.push_back(settle());
  }
  return due;
}

StepFigures Readback::settle() {
  Pending& oldest = pending_.front();
  oldest.ready.synchronize();
  const StepFigures figures = read(oldest.step, oldest.host);
  pending_.pop_front();
  return figures;
}

}  // namespace convoy
