#include "trainer/loop/feed.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace convoy {

void BatchFeed::note_samples(
    std::uint64_t batch, const std::int64_t* ids, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    // splitmix64's finaliser, over (batch, sample).
    std::uint64_t x =
        batch * 0x9E3779B97F4A7C15u + static_cast<std::uint64_t>(ids[i]);
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    samples_hash_ += x ^ (x >> 31);
  }
}

std::optional<DeviceBatch> Feed::next() {
  current_.reset();
  return_copied_slots();
  std::optional<Batch> batch = loader_.next();
  if (!batch) {
    return std::nullopt;
  }
  number_ = batch->number();
  note_samples(number_, batch->sample_ids(), batch->count());
  if (device_.is_cuda()) {
    return copy(std::move(*batch));
  }
  current_ = std::move(batch);
  return view(*current_);
}

void Feed::return_copied_slots() {
  while (!in_flight_.empty() && (in_flight_.size() > kMostInFlight ||
                                 in_flight_.front().copied.query())) {
    in_flight_.front().copied.synchronize();
    in_flight_.pop_front();
  }
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
