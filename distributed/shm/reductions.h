#pragma once
// The reductions that ranks of one host have under way, taken in turn.

#include <ATen/core/Tensor.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "distributed/communicator.h"
#include "distributed/shm/pump.h"
#include "distributed/shm/segments.h"

namespace convoy {

/// How far a rank is: reductions are numbered from 1. Written by that rank,
/// read by the others.
struct Turns {
  alignas(64) std::atomic<std::uint64_t> arrived;   ///< its tensor is there
  alignas(64) std::atomic<std::uint64_t> combined;  ///< its slice is done
};

/// Who gets the sum of a tensor. `scatter`: each rank its slice; `gather`:
/// there is none, each rank's slice goes to all as it is.
enum class Sharing { all, scatter, gather };

/// Bytes of a rank's desk: its Turns, and slots into which it lays pieces of
/// tensors that lie elsewhere.
std::size_t desk_bytes();

/// Where a rank is among those of its host.
struct LocalPlace {
  int rank = 0;
  int size = 1;
  int places = 1;  ///< ranks of the host that has the fewest
};

/// Every rank posts the same reductions in the same order. Any thread.
class Reductions {
 public:
  static constexpr int kSlots = 8;  ///< of a desk

  /// `desks`: desk_bytes() for each rank. `peers`: as ShmGroups; may be null on
  /// a host of several, see LocalPlace::places. `one_host`: there is no other.
  Reductions(
      const LocalPlace& place,
      bool one_host,
      std::shared_ptr<const Segments> desks,
      std::unique_ptr<Communicator> peers);

  /// A tensor of which `copies` are the ranks'. Returns its turn. Not `all`: on
  /// one host only.
  std::uint64_t post(
      const at::Tensor& tensor,
      ReduceOp op,
      std::vector<std::byte*> copies,
      Sharing sharing = Sharing::all);

  /// Whether the ranks' slices of a tensor are equal parts, all on this host.
  bool cuts_equally(const at::Tensor& tensor) const;

  /// A tensor that the other ranks do not see: goes over the desks in pieces.
  /// Returns the turn of the last.
  std::uint64_t post_pieces(const at::Tensor& tensor, ReduceOp op);

  /// Does what can be done now; true when the reduction of `turn` is complete.
  bool advance(std::uint64_t turn);

 private:
  struct Slice {
    std::int64_t begin;
    std::int64_t end;
  };
  struct Reduction {
    std::uint64_t turn = 0;
    at::Tensor tensor;               ///< kept alive
    std::vector<std::byte*> copies;  ///< by local rank
    std::byte* outside = nullptr;    ///< where a piece is from; null: in place
    int slot = -1;                   ///< of the piece
    std::int64_t count = 0;          ///< elements
    ReduceOp op = ReduceOp::sum;
    Sharing sharing = Sharing::all;
    std::unique_ptr<Work> exchange = nullptr;  ///< of the slice, between hosts

    std::int64_t bytes() const { return count * tensor.element_size(); }
  };

  Turns& turns(int local_rank) const {
    return *reinterpret_cast<Turns*>(desks_->of(local_rank));
  }
  bool all(std::atomic<std::uint64_t> Turns::*what, std::uint64_t turn) const;
  Reduction& at_turn(std::uint64_t turn) {
    return open_[static_cast<std::size_t>(turn - open_.front().turn)];
  }

  void append(Reduction reduction);
  void advance_all();
  void wake_pump();
  bool move();
  bool arrive(Reduction& r);
  bool combine_part(Reduction& r);
  bool share(Reduction& r);
  bool complete(const Reduction& r) const;

  bool is_whole(const Reduction& r) const;
  Slice own_slice(const Reduction& r) const;
  at::Tensor own_part_of(const Reduction& r) const;
  void share_slice(const Reduction& r) const;

  LocalPlace place_;
  bool one_host_;
  std::shared_ptr<const Segments> desks_;
  std::unique_ptr<Communicator> peers_;
  std::mutex mutex_;            ///< of what follows
  std::deque<Reduction> open_;  ///< in turn, until complete
  std::uint64_t posted_ = 0;    ///< the last turn that was asked for...
  std::uint64_t arrived_ = 0;   ///< ...that every earlier one has passed...
  std::uint64_t combined_ = 0;
  std::uint64_t shared_ = 0;
  std::uint64_t complete_ = 0;
  std::int64_t pieces_ = 0;                         ///< laid into slots so far
  std::array<std::uint64_t, kSlots> slot_turns_{};  ///< the last of each
  std::optional<Pump> pump_;  ///< between hosts; ends before all else
};

}  // namespace convoy
