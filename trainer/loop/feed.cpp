#include "trainer/loop/feed.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace convoy {

std::optional<DeviceBatch> Feed::next() {
  current_.reset();
  while (!in_flight_.empty() && in_flight_.front().copied.query()) {
    in_flight_.pop_front();
  }
  std::optional<Batch> batch = loader_.next();
  if (!batch) {
    return std::nullopt;
  }
  number_ = batch->number();
  if (device_.is_cuda()) {
    return copy(std::move(*batch));
  }
  current_ = std::move(batch);
  return view(*current_);
}

DeviceBatch Feed::view(const Batch& batch) const {
  const auto n = static_cast<std::int64_t>(batch.count());
  const auto [c, h, w] = shape_;
  const auto pixels = [](const auto* p) {
    return const_cast<std::remove_const_t<std::remove_pointer_t<decltype(p)>>*>(
        p);
  };
  return {
      at::from_blob(
          pixels(batch.images()),
          {n, c, h, w},
          {c * h * w, 1, c * w, c},
          at::TensorOptions(at::kFloat)),
      at::from_blob(pixels(batch.labels()), {n}, at::TensorOptions(at::kLong)),
      at::from_blob(
          pixels(batch.sample_ids()), {n}, at::TensorOptions(at::kLong))};
}

DeviceBatch Feed::copy(Batch batch) {
  const DeviceBatch host = view(batch);
  DeviceBatch device{
      host.images.to(device_, /*non_blocking=*/true),
      host.labels.to(device_, /*non_blocking=*/true),
      host.samples.to(device_, /*non_blocking=*/true)};
  c10::Event copied(device_.type());
  copied.record(c10::impl::VirtualGuardImpl(device_.type()).getStream(device_));
  in_flight_.push_back({std::move(batch), std::move(copied)});
  return device;
}

Allocate slot_memory(c10::Device device) {
  if (!device.is_cuda()) {
    return allocate_host;
  }
  return [](std::size_t bytes) {
    auto memory = std::make_shared<at::Tensor>(at::empty(
        {static_cast<std::int64_t>(bytes)},
        at::TensorOptions(at::kByte).pinned_memory(true)));
    auto* data = static_cast<std::byte*>(memory->mutable_data_ptr());
    return std::shared_ptr<std::byte>(std::move(memory), data);
  };
}

}  // namespace convoy
