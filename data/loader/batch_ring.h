#pragma once
// The slots of a loader and who works on which: the only state that its threads
// share.

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "data/loader/batch.h"
#include "data/loader/batches.h"

namespace convoy {

struct RingOptions {
  std::size_t slots = 3;
  std::size_t batch_capacity = 0;  ///< samples that a slot holds
  std::size_t sample_values = 0;   ///< floats of a sample's image
  bool mixes = false;              ///< samples have second labels and shares
  std::uint64_t first_batch = 0;
  std::uint64_t end_batch = 0;
  BatchSource source;
  Allocate allocate = allocate_host;
};

/// Where a sample goes. The last two are null when the loader does not mix.
struct SampleSlot {
  float* image = nullptr;
  std::int64_t* label = nullptr;
  std::int64_t* sample_id = nullptr;
  std::int64_t* second_label = nullptr;
  float* share = nullptr;
};

/// Batches are opened in order of their numbers, one free slot each; a batch's
/// samples are handed out in order, to any worker; batches are delivered in
/// order. So the result does not depend on who was faster. Thread-safe.
class BatchRing {
 public:
  explicit BatchRing(RingOptions options);

  /// One sample to fill.
  struct Item {
    std::size_t slot;
    std::size_t at;  ///< place in the batch
    SampleRef ref;
    SampleSlot to;
  };

  /// For workers: waits for work. Empty when there will be none any more.
  std::optional<Item> take();

  /// The item is filled, or has failed.
  void done(const Item& item, std::exception_ptr error = nullptr);

  /// A worker can't work: next() throws this without waiting for batches.
  void fail(std::exception_ptr error);

  /// For the consumer: waits until the next batch is full and gives its slot.
  /// Empty after the last. Throws the error of a batch's first failed sample
  /// when it is that batch's turn, once; after that it is empty.
  std::optional<std::size_t> next();

  /// The slot's batch is no longer needed.
  void give_back(std::size_t slot);

  /// take() and next() return at once from now on.
  void stop();

 private:
  friend class Batch;

  struct Slot {
    std::uint64_t number = 0;
    std::vector<SampleRef> refs;
    std::size_t taken = 0;
    std::size_t filled = 0;
    std::exception_ptr error;
    std::size_t error_at = 0;
    SampleSlot first;  ///< the first sample's; the others follow
  };

  bool has_item() const;
  bool may_open() const;
  void open();
  bool front_is_full() const;
  void note_error(Slot& slot, std::size_t at, std::exception_ptr error);

  const RingOptions options_;
  std::shared_ptr<std::byte> memory_;

  mutable std::mutex mutex_;
  std::condition_variable work_;  // an item may be taken, or there are no more
  std::condition_variable
      ready_;  // the front batch is full, or there are no more
  std::vector<Slot> slots_;
  std::vector<std::size_t> free_;
  std::deque<std::size_t>
      opened_;  // in order of batch numbers, not yet delivered
  std::uint64_t next_number_;
  std::exception_ptr failure_;
  bool failed_ = false;  // a sample or a worker: nothing more is opened
  bool ended_ = false;   // nothing more is delivered
  bool stopped_ = false;
};

}  // namespace convoy
