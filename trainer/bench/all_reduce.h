#pragma once
// How long an all-reduce takes by different ways, side by side.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "distributed/communicator.h"
#include "distributed/control.h"
#include "trainer/bench/spread.h"

namespace convoy {

/// Where numbers lie that are reduced, and their sums.
enum class AllReduceMemory {
  any,     ///< in place, in memory of which the communicator knows nothing
  own,     ///< in place, in memory from allocate()
  joined,  ///< from allocate(), the sums in what is joined; else as `own`
};

/// A way to reduce.
struct AllReduceWay {
  std::string name;
  Communicator& ranks;
  AllReduceMemory memory = AllReduceMemory::own;
};

struct AllReduceBenchOptions {
  std::vector<std::int64_t> bytes;
  int repeats = 7;
  /// Of a way and size in a repeat, about: as many calls as fit, at least one.
  double seconds = 0.05;
};

struct AllReduceRow {
  std::string way;
  int ranks = 0;
  std::int64_t bytes = 0;
  /// Microseconds of a call, on the rank that took longest, over repeats. Calls
  /// follow each other without a barrier.
  Spread us;
  std::int64_t wrong = 0;  ///< elements that are not the sum, on all ranks

  /// Bytes by seconds.
  double algbw_gbs() const {
    return static_cast<double>(bytes) / us.median / 1e3;
  }
  /// What a link carries each way in a ring: comparable over numbers of ranks,
  /// as nccl-tests reports it.
  double busbw_gbs() const { return algbw_gbs() * 2 * (ranks - 1) / ranks; }
};

/// fp32 on `device`. Each repeat measures all ways, one after the other, so
/// that what else happens on the machine meets all of them. `done` is told of
/// finished sizes. Collective: the same arguments on every rank. Rows by size,
/// ways in the order in which they are given; the same on every rank.
std::vector<AllReduceRow> bench_all_reduce(
    const std::vector<AllReduceWay>& ways,
    c10::Device device,
    Control& control,
    const AllReduceBenchOptions& options,
    const std::function<void(int)>& done);

}  // namespace convoy
