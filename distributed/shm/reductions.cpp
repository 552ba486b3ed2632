#include "distributed/shm/reductions.h"

#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "distributed/shm/combine.h"

namespace convoy {
namespace {

/// Pieces of tensors that lie elsewhere are laid down here, in slots.
constexpr std::int64_t kPieceBytes = 1 << 18;
constexpr std::size_t kSlotsAt = 4096;

/// Up to here each rank combines the whole for itself: one meeting, not two.
constexpr std::int64_t kWholeBytes = 1 << 14;

/// Slices are cut at multiples of this.
constexpr std::size_t kCutBytes = 64;

/// What is sent between hosts by one rank each: more would be sent in crumbs.
constexpr std::int64_t kUncutBytes = 1 << 16;

}  // namespace

std::size_t desk_bytes() {
  return kSlotsAt + Reductions::kSlots * kPieceBytes;
}

Reductions::Reductions(
    const LocalPlace& place,
    bool one_host,
    std::shared_ptr<const Segments> desks,
    std::unique_ptr<Communicator> peers)
    : place_(place),
      one_host_(one_host),
      desks_(std::move(desks)),
      peers_(std::move(peers)) {
  if (!one_host_) {
    pump_.emplace([this] { return move(); });
  }
}

std::uint64_t Reductions::post(
    const at::Tensor& tensor,
    ReduceOp op,
    std::vector<std::byte*> copies,
    Sharing sharing) {
  const std::lock_guard lock(mutex_);
  append(
      {.tensor = tensor,
       .copies = std::move(copies),
       .count = tensor.numel(),
       .op = op,
       .sharing = sharing});
  advance_all();
  wake_pump();
  return posted_;
}

std::uint64_t Reductions::post_pieces(const at::Tensor& tensor, ReduceOp op) {
  const std::lock_guard lock(mutex_);
  auto* place = static_cast<std::byte*>(tensor.mutable_data_ptr());
  const std::int64_t item = tensor.element_size();
  const std::int64_t piece = kPieceBytes / item;
  for (std::int64_t at = 0; at < tensor.numel(); at += piece) {
    const int slot = static_cast<int>(pieces_++ % kSlots);
    std::vector<std::byte*> copies;
    for (int r = 0; r < place_.size; ++r) {
      copies.push_back(desks_->of(r) + kSlotsAt + slot * kPieceBytes);
    }
    append(
        {.tensor = tensor,
         .copies = std::move(copies),
         .outside = place + at * item,
         .slot = slot,
         .count = std::min(piece, tensor.numel() - at),
         .op = op});
  }
  advance_all();
  wake_pump();
  return posted_;
}

bool Reductions::cuts_equally(const at::Tensor& tensor) const {
  return one_host_ &&
         tensor.nbytes() %
                 (kCutBytes * static_cast<std::size_t>(place_.size)) ==
             0;
}

void Reductions::append(Reduction reduction) {
  reduction.turn = ++posted_;
  open_.push_back(std::move(reduction));
}

bool Reductions::advance(std::uint64_t turn) {
  const std::lock_guard lock(mutex_);
  advance_all();
  wake_pump();
  return complete_ >= turn;
}

/// Whether every rank of the host has come as far.
bool Reductions::all(
    std::atomic<std::uint64_t> Turns::*what, std::uint64_t turn) const {
  for (int r = 0; r < place_.size; ++r) {
    if ((turns(r).*what).load(std::memory_order_acquire) < turn) {
      return false;
    }
  }
  return true;
}

bool Reductions::is_whole(const Reduction& r) const {
  return one_host_ && r.outside != nullptr && r.bytes() <= kWholeBytes;
}

/// This rank's part.
Reductions::Slice Reductions::own_slice(const Reduction& r) const {
  const int places = !one_host_ && r.bytes() <= kUncutBytes ? 1 : place_.places;
  if (place_.rank >= places) {
    return {0, 0};
  }
  const std::int64_t align =
      static_cast<std::int64_t>(kCutBytes) / r.tensor.element_size();
  const auto cut = [&](std::int64_t k) {
    return std::min(
        r.count, (r.count * k / places + align - 1) / align * align);
  };
  return {cut(place_.rank), cut(place_.rank + 1)};
}

void Reductions::wake_pump() {
  if (pump_ && !open_.empty()) {
    pump_->wake();
  }
}

/// On the pump's thread; whether anything is left.
bool Reductions::move() {
  const std::lock_guard lock(mutex_);
  advance_all();
  return !open_.empty();
}

/// Each stage takes the reductions in turn, as far as it gets.
void Reductions::advance_all() {
  for (; arrived_ < posted_ && arrive(at_turn(arrived_ + 1)); ++arrived_) {
  }
  for (; combined_ < arrived_ && combine_part(at_turn(combined_ + 1));
       ++combined_) {
  }
  // All that travel between hosts move on, not only the first of them.
  for (std::uint64_t turn = shared_ + 2; turn <= combined_; ++turn) {
    if (at_turn(turn).exchange != nullptr) {
      at_turn(turn).exchange->test();
    }
  }
  for (; shared_ < combined_ && share(at_turn(shared_ + 1)); ++shared_) {
  }
  for (; complete_ < shared_ && complete(open_.front()); ++complete_) {
    open_.pop_front();
  }
}

/// Lays a piece into its slot, once every rank is done with what was there.
bool Reductions::arrive(Reduction& r) {
  if (r.slot >= 0) {
    std::uint64_t& last = slot_turns_[static_cast<std::size_t>(r.slot)];
    if (complete_ < last || !all(&Turns::combined, last)) {
      return false;
    }
    last = r.turn;
    std::memcpy(
        r.copies[static_cast<std::size_t>(place_.rank)],
        r.outside,
        static_cast<std::size_t>(r.bytes()));
  }
  turns(place_.rank).arrived.store(r.turn, std::memory_order_release);
  return true;
}

/// Once every rank's tensor is there.
bool Reductions::combine_part(Reduction& r) {
  if (!all(&Turns::arrived, r.turn)) {
    return false;
  }
  if (r.sharing == Sharing::gather) {
    share_slice(r);
    return true;
  }
  Combination part{
      .from = r.copies,
      .to = r.copies,
      .begin = 0,
      .end = r.count,
      .type = r.tensor.scalar_type(),
      .op = r.op};
  if (is_whole(r)) {
    part.to = std::span(&r.outside, 1);
  } else {
    const Slice own = own_slice(r);
    part.begin = own.begin;
    part.end = own.end;
    if (!one_host_ || r.sharing == Sharing::scatter) {
      part.to = std::span(&r.copies[place_.rank], 1);
    }
  }
  if (part.begin < part.end) {
    combine(part);
    if (!one_host_) {
      r.exchange = peers_->all_reduce(own_part_of(r), r.op);
    }
  }
  return true;
}

/// Once the slice has come from the other hosts too.
bool Reductions::share(Reduction& r) {
  if (r.exchange != nullptr) {
    if (!r.exchange->test()) {
      return false;
    }
    share_slice(r);
    r.exchange.reset();
  }
  turns(place_.rank).combined.store(r.turn, std::memory_order_release);
  return true;
}

/// This rank's slice of its own copy.
at::Tensor Reductions::own_part_of(const Reduction& r) const {
  const Slice own = own_slice(r);
  const std::int64_t item = r.tensor.element_size();
  return at::from_blob(
      r.copies[static_cast<std::size_t>(place_.rank)] + own.begin * item,
      {own.end - own.begin},
      r.tensor.options());
}

void Reductions::share_slice(const Reduction& r) const {
  const Slice own = own_slice(r);
  const std::int64_t item = r.tensor.element_size();
  const auto me = static_cast<std::size_t>(place_.rank);
  for (std::size_t other = 0; other < r.copies.size(); ++other) {
    if (other != me) {
      std::memcpy(
          r.copies[other] + own.begin * item,
          r.copies[me] + own.begin * item,
          static_cast<std::size_t>((own.end - own.begin) * item));
    }
  }
}

/// Once every rank's slice is in this rank's copy.
bool Reductions::complete(const Reduction& r) const {
  if (is_whole(r)) {
    return true;
  }
  if (!all(&Turns::combined, r.turn)) {
    return false;
  }
  if (r.outside != nullptr) {
    std::memcpy(
        r.outside,
        r.copies[static_cast<std::size_t>(place_.rank)],
        static_cast<std::size_t>(r.bytes()));
  }
  return true;
}

}  // namespace convoy
