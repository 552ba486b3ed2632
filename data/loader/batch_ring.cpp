#include "data/loader/batch_ring.h"

#include <fmt/format.h>

#include <cstdlib>
#include <new>
#include <stdexcept>
#include <utility>

namespace convoy {

namespace {

constexpr std::size_t kAlignment = 64;

std::size_t aligned(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

/// How a slot's memory is divided: images, then arrays of numbers.
struct SlotLayout {
  std::size_t images;   ///< bytes
  std::size_t numbers;  ///< bytes of one array
  bool mixes;

  explicit SlotLayout(const RingOptions& options)
      : images(aligned(
            options.batch_capacity * options.sample_values * sizeof(float))),
        numbers(aligned(options.batch_capacity * sizeof(std::int64_t))),
        mixes(options.mixes) {}

  std::size_t bytes() const { return images + (mixes ? 4 : 2) * numbers; }

  SampleSlot first_sample(std::byte* slot) const {
    const auto array = [&](std::size_t i) {
      return slot + images + i * numbers;
    };
    return {
        reinterpret_cast<float*>(slot),
        reinterpret_cast<std::int64_t*>(array(0)),
        reinterpret_cast<std::int64_t*>(array(1)),
        mixes ? reinterpret_cast<std::int64_t*>(array(2)) : nullptr,
        mixes ? reinterpret_cast<float*>(array(3)) : nullptr};
  }
};

SampleSlot sample_at(SampleSlot slot, std::size_t at, std::size_t values) {
  slot.image += at * values;
  slot.label += at;
  slot.sample_id += at;
  if (slot.share != nullptr) {
    slot.second_label += at;
    slot.share += at;
  }
  return slot;
}

}  // namespace

std::shared_ptr<std::byte> allocate_host(std::size_t bytes) {
  void* memory = std::aligned_alloc(kAlignment, aligned(bytes));
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return {static_cast<std::byte*>(memory), std::free};
}

BatchRing::BatchRing(RingOptions options)
    : options_(std::move(options)),
      slots_(options_.slots),
      next_number_(options_.first_batch) {
  if (options_.slots == 0 || options_.batch_capacity == 0 ||
      options_.sample_values == 0 || !options_.source || !options_.allocate) {
    throw std::logic_error(
        "a ring needs slots, a batch capacity, a sample size, a source and an "
        "allocator");
  }
  const SlotLayout layout(options_);
  memory_ = options_.allocate(layout.bytes() * options_.slots);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slots_[i].first = layout.first_sample(memory_.get() + i * layout.bytes());
    free_.push_back(i);
  }
}

bool BatchRing::has_item() const {
  return !opened_.empty() &&
         slots_[opened_.back()].taken < slots_[opened_.back()].refs.size();
}

bool BatchRing::may_open() const {
  return !failed_ && next_number_ < options_.end_batch && !free_.empty();
}

bool BatchRing::front_is_full() const {
  return !opened_.empty() &&
         slots_[opened_.front()].filled == slots_[opened_.front()].refs.size();
}

void BatchRing::note_error(
    Slot& slot, std::size_t at, std::exception_ptr error) {
  if (slot.error == nullptr || at < slot.error_at) {
    slot.error = std::move(error);
    slot.error_at = at;
  }
  failed_ = true;
}

/// REQUIRES may_open() and the lock.
void BatchRing::open() {
  const std::size_t index = free_.back();
  free_.pop_back();
  Slot& slot = slots_[index];
  slot.number = next_number_++;
  slot.taken = 0;
  slot.filled = 0;
  slot.error = nullptr;
  slot.refs.clear();
  opened_.push_back(index);
  try {
    slot.refs = options_.source(slot.number);
    if (slot.refs.size() > options_.batch_capacity) {
      const std::size_t count = slot.refs.size();
      slot.refs.clear();
      throw std::logic_error(fmt::format(
          "batch {} has {} samples, the loader's slots hold {}",
          slot.number,
          count,
          options_.batch_capacity));
    }
  } catch (...) {
    note_error(slot, 0, std::current_exception());
  }
  if (slot.refs.empty()) {
    ready_.notify_all();
  }
  work_.notify_all();
}

std::optional<BatchRing::Item> BatchRing::take() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    if (has_item()) {
      const std::size_t index = opened_.back();
      Slot& slot = slots_[index];
      const std::size_t at = slot.taken++;
      return Item{
          index,
          at,
          slot.refs[at],
          sample_at(slot.first, at, options_.sample_values)};
    }
    if (may_open()) {
      open();
    } else if (failed_ || next_number_ >= options_.end_batch) {
      return std::nullopt;
    } else {
      work_.wait(lock);
    }
  }
  return std::nullopt;
}

void BatchRing::done(const Item& item, std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  Slot& slot = slots_[item.slot];
  if (error != nullptr) {
    note_error(slot, item.at, std::move(error));
    work_.notify_all();
  }
  if (++slot.filled == slot.refs.size()) {
    ready_.notify_all();
  }
}

void BatchRing::fail(std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  if (failure_ == nullptr) {
    failure_ = std::move(error);
  }
  failed_ = true;
  work_.notify_all();
  ready_.notify_all();
}

std::optional<std::size_t> BatchRing::next() {
  std::unique_lock lock(mutex_);
  const auto over = [&] {
    return opened_.empty() && (failed_ || next_number_ >= options_.end_batch);
  };
  ready_.wait(lock, [&] {
    return ended_ || stopped_ || failure_ != nullptr || front_is_full() ||
           over();
  });
  if (ended_ || stopped_) {
    return std::nullopt;
  }
  std::exception_ptr error = failure_;
  if (error == nullptr) {
    if (!front_is_full()) {
      ended_ = true;
      return std::nullopt;
    }
    error = slots_[opened_.front()].error;
  }
  if (error != nullptr) {
    ended_ = true;
    std::rethrow_exception(error);
  }
  const std::size_t slot = opened_.front();
  opened_.pop_front();
  return slot;
}

void BatchRing::give_back(std::size_t slot) {
  const std::lock_guard lock(mutex_);
  free_.push_back(slot);
  work_.notify_one();
}

void BatchRing::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  work_.notify_all();
  ready_.notify_all();
}

Batch::Batch(std::shared_ptr<BatchRing> ring, std::size_t slot)
    : ring_(std::move(ring)), slot_(slot) {}

Batch::~Batch() {
  if (ring_ != nullptr) {
    ring_->give_back(slot_);
  }
}

Batch::Batch(Batch&& other) noexcept
    : ring_(std::exchange(other.ring_, nullptr)), slot_(other.slot_) {}

Batch& Batch::operator=(Batch&& other) noexcept {
  std::swap(ring_, other.ring_);
  std::swap(slot_, other.slot_);
  return *this;
}

// A slot on loan is written by no one, so that its fields are read without the
// lock.
std::uint64_t Batch::number() const {
  return ring_->slots_[slot_].number;
}

std::size_t Batch::count() const {
  return ring_->slots_[slot_].refs.size();
}

const float* Batch::images() const {
  return ring_->slots_[slot_].first.image;
}

const std::int64_t* Batch::labels() const {
  return ring_->slots_[slot_].first.label;
}

const std::int64_t* Batch::sample_ids() const {
  return ring_->slots_[slot_].first.sample_id;
}

const std::int64_t* Batch::second_labels() const {
  return ring_->slots_[slot_].first.second_label;
}

const float* Batch::shares() const {
  return ring_->slots_[slot_].first.share;
}

}  // namespace convoy
