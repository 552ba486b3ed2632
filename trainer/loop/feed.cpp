#include "trainer/loop/feed.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <bit>

namespace convoy {

namespace {

/// splitmix64's finaliser.
std::uint64_t scrambled(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

}  // namespace

void BatchFeed::note_sample(
    std::uint64_t batch, std::int64_t id, std::uint64_t mixture) {
  const std::uint64_t hash =
      scrambled(batch * 0x9E3779B97F4A7C15u + static_cast<std::uint64_t>(id));
  samples_hash_ += mixture == 0 ? hash : scrambled(hash + mixture);
}

std::optional<DeviceBatch> Feed::next() {
  current_.reset();
  return_copied_slots();
  std::optional<Batch> batch = loader_.next();
  if (!batch) {
    return std::nullopt;
  }
  number_ = batch->number();
  note_samples(*batch);
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

void Feed::note_samples(const Batch& batch) {
  for (std::size_t i = 0; i < batch.count(); ++i) {
    std::uint64_t mixture = 0;
    if (batch.shares() != nullptr) {
      mixture = static_cast<std::uint64_t>(batch.second_labels()[i]) << 32 |
                std::bit_cast<std::uint32_t>(batch.shares()[i]);
    }
    note_sample(batch.number(), batch.sample_ids()[i], mixture);
  }
}

DeviceBatch Feed::view(const Batch& batch) const {
  const auto n = static_cast<std::int64_t>(batch.count());
  const auto [c, h, w] = shape_;
  const auto pixels = [](const auto* p) {
    return const_cast<std::remove_const_t<std::remove_pointer_t<decltype(p)>>*>(
        p);
  };
  const auto numbers = [&](const auto* p, at::ScalarType type) {
    return at::from_blob(pixels(p), {n}, at::TensorOptions(type));
  };
  DeviceBatch result{
      at::from_blob(
          pixels(batch.images()),
          {n, c, h, w},
          {c * h * w, 1, c * w, c},
          at::TensorOptions(at::kFloat)),
      numbers(batch.labels(), at::kLong),
      numbers(batch.sample_ids(), at::kLong)};
  if (batch.shares() != nullptr) {
    result.second_labels = numbers(batch.second_labels(), at::kLong);
    result.shares = numbers(batch.shares(), at::kFloat);
  }
  return result;
}

DeviceBatch Feed::copy(Batch batch) {
  const DeviceBatch host = view(batch);
  const auto moved = [&](const at::Tensor& tensor) {
    return tensor.defined() ? tensor.to(device_, /*non_blocking=*/true)
                            : tensor;
  };
  DeviceBatch device{
      moved(host.images),
      moved(host.labels),
      moved(host.samples),
      host.are_features,
      moved(host.second_labels),
      moved(host.shares)};
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
