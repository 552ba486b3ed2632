#pragma once
// Small blocking exchanges between ranks in host memory: agreeing, comparing,
// gathering. Always MPI, whatever carries the gradients.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "distributed/reduce_op.h"

namespace convoy {

/// REQUIRES: as Communicator. Every call blocks until all ranks of the group
/// have made it; throws PeerLost when the deadline passes first.
class Control {
 public:
  virtual ~Control() = default;

  virtual int rank() const = 0;
  virtual int size() const = 0;

  virtual void barrier() = 0;

  /// In place, same bits on every rank.
  virtual void all_reduce(
      std::span<double> values, ReduceOp op = ReduceOp::sum) = 0;
  virtual void all_reduce(
      std::span<std::int64_t> values, ReduceOp op = ReduceOp::sum) = 0;

  /// Every rank's bytes, by rank, on every rank. Lengths may differ.
  virtual std::vector<std::string> all_gather(const std::string& bytes) = 0;

  /// The root's bytes, on every rank.
  virtual std::string broadcast(const std::string& bytes, int root) = 0;

  /// The other side of the root's broadcast() for a rank that has nothing to do
  /// until it comes, however soon it looks: it sleeps, and looks some hundred
  /// times a second. A root that does not call is said to be late with `what`.
  /// REQUIRES rank() != root.
  virtual std::string await_broadcast(int root, const char* what) = 0;

  /// Ranks that pass the same colour form a new group, ordered by rank.
  virtual std::unique_ptr<Control> split(int colour) = 0;
};

}  // namespace convoy
