#pragma once
// The collectives that training needs: a communicator is a group of ranks, a
// Work is one collective under way. Back ends: mpi/ (host memory), nccl/ (CUDA
// memory).

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "distributed/reduce_op.h"

namespace convoy {

/// One collective under way. Destroying it does not wait; the tensor must stay
/// alive until wait() has returned.
class Work {
 public:
  virtual ~Work() = default;

  /// Moves the collective on; true when it is complete. Never blocks.
  virtual bool test() = 0;

  /// On host memory: blocks until the result is in the tensor. On CUDA: orders
  /// the current stream behind the collective and returns at once. Throws
  /// PeerLost when the deadline passes. Once.
  virtual void wait() = 0;
};

/// One of several reductions that are launched together.
struct Reduction {
  at::Tensor tensor;
  ReduceOp op = ReduceOp::sum;
};

/// A group of ranks. REQUIRES: every rank of the group issues the same
/// collectives in the same order with tensors of the same size and type;
/// tensors are dense (any strides, the same on every rank). One thread at a
/// time.
class Communicator {
 public:
  virtual ~Communicator() = default;

  virtual int rank() const = 0;
  virtual int size() const = 0;

  /// Reduces `tensor` over all ranks, in place; every rank gets the same bits.
  /// On CUDA the tensor must be ready on the current stream at the call.
  virtual std::unique_ptr<Work> all_reduce(
      const at::Tensor& tensor, ReduceOp op = ReduceOp::sum) = 0;

  /// all_reduce() of each in turn, as one piece of work: a back end for which
  /// each launch costs something launches them together.
  virtual std::unique_ptr<Work> all_reduce_group(
      std::span<const Reduction> reductions);

  /// Sums `tensor` over all ranks, of which each gets a part: behind the work
  /// part_of(tensor, rank(), size()) holds the sum, the rest is unspecified.
  /// REQUIRES: size() divides the number of elements; contiguous.
  virtual std::unique_ptr<Work> reduce_scatter(const at::Tensor& tensor);

  /// Gives every rank the parts, part_of(), that the others have of `tensor`;
  /// -0 may become 0, alike on every rank. REQUIRES: as reduce_scatter().
  virtual std::unique_ptr<Work> all_gather(const at::Tensor& tensor);

  /// [elements], zero: memory from which this communicator reduces without a
  /// copy, where it can tell any from other memory. Collective. May outlive the
  /// communicator.
  virtual at::Tensor allocate(
      std::int64_t elements, const at::TensorOptions& options);

  /// A tensor as `arena`, from allocate(), in which every rank sees what
  /// reduce_scatter() of its `pieces` leaves on all of them: it shows of each
  /// piece the part that part_of() gives a rank in that rank's own arena, the
  /// same memory. `pieces` (elements) lie end to end and make up the arena.
  /// Undefined on every rank where ranks do not share memory, or parts are not
  /// whole pages of memory. To be read when the work is done on every rank,
  /// that is behind wait(), and until any rank writes. Collective.
  virtual at::Tensor join(
      const at::Tensor& arena, std::span<const std::int64_t> pieces);

  /// Overwrites `tensor` with the root's. Complete on return (on CUDA: ordered
  /// on the current stream).
  virtual void broadcast(const at::Tensor& tensor, int root) = 0;

  /// Returns after every rank has called it.
  virtual void barrier() = 0;

  /// CUDA: what the current stream was given last ends by the deadline, or
  /// else a peer is lost. For a captured graph, whose collectives nobody sees
  /// one by one: to be called behind each launch of it. `what` is told. Nothing
  /// on the host, where wait() has the deadline.
  virtual void watch_stream(const std::string& what);
};

/// The part of `tensor` that is a rank's: number `rank` of `size` equal ones.
at::Tensor part_of(const at::Tensor& tensor, int rank, int size);

/// `sum`, a reduction of `tensor` under way, and then its values divided by
/// `ranks`: the average, for back ends that know sums alone. Divides by
/// multiplying with 1.0 / ranks.
std::unique_ptr<Work> average_of(
    std::unique_ptr<Work> sum, const at::Tensor& tensor, int ranks);

}  // namespace convoy
