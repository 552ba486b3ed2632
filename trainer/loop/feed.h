#pragma once
// From the loader's slots to tensors on the device.

#include <c10/core/Device.h>
#include <c10/core/Event.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "data/loader/loader.h"
#include "trainer/loop/batch.h"

namespace convoy {

/// The size of one sample's image.
struct ImageShape {
  std::int64_t channels = 3;
  std::int64_t height = 0;
  std::int64_t width = 0;

  std::int64_t values() const { return channels * height * width; }
};

/// A rank's batches, in order.
class BatchFeed {
 public:
  virtual ~BatchFeed() = default;

  /// Nothing after the last one. Throws what the source of the samples throws.
  virtual std::optional<DeviceBatch> next() = 0;

  /// A hash of which samples have come in which batch since the last call, and
  /// of what mixed them with others: the same whatever their order; the ranks'
  /// sum is that of the global batches.
  std::uint64_t take_samples_hash() { return std::exchange(samples_hash_, 0); }

 protected:
  /// `mixture` tells what the sample was mixed with, and how; 0: not at all.
  void note_sample(
      std::uint64_t batch, std::int64_t id, std::uint64_t mixture = 0);

 private:
  std::uint64_t samples_hash_ = 0;
};

/// On the CPU tensors are views of the loader's slot, valid until the next call
/// of next(). On CUDA pictures are copied asynchronously from pinned slots on
/// the current stream, and a slot goes back when its copy is done; next() waits
/// while more than `kMostInFlight` are not, so that a host which runs ahead of
/// the GPU never holds every slot while it waits for one.
class Feed final : public BatchFeed {
 public:
  static constexpr std::size_t kMostInFlight = 1;

  /// The loader must have been made with `slot_memory(device)`, and with more
  /// than kMostInFlight slots.
  Feed(Loader& loader, ImageShape shape, c10::Device device)
      : loader_(loader), shape_(shape), device_(device) {}

  std::optional<DeviceBatch> next() override;

  /// Number of the batch that next() returned last.
  std::uint64_t number() const { return number_; }

 private:
  void note_samples(const Batch& batch);
  DeviceBatch view(const Batch& batch) const;
  DeviceBatch copy(Batch batch);
  void return_copied_slots();

  struct InFlight {
    Batch batch;
    c10::Event copied;
  };

  Loader& loader_;
  ImageShape shape_;
  c10::Device device_;

  std::uint64_t number_ = 0;
  std::optional<Batch> current_;
  std::deque<InFlight> in_flight_;
};

/// Memory for a loader's slots: pinned for a GPU.
Allocate slot_memory(c10::Device device);

}  // namespace convoy
