#pragma once
// Finding out, once a deadline has passed, who it is that does not come.

#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <vector>

#include "distributed/mpi/check.h"

namespace convoy::mpi {

/// Ranks that wait for others answer a call within milliseconds; ranks that
/// work, hang or are stopped do not. Any thread.
class RollCall {
 public:
  /// `own_state`: what a rank says of itself when it is called, a few hundred
  /// bytes. Duplicates `parent`.
  RollCall(MPI_Comm parent, std::function<std::string()> own_state);

  /// Answers those who have called. To be called now and then while waiting;
  /// never blocks.
  void answer();

  struct Result {
    /// By rank: what they say, this one too; empty: no answer.
    std::vector<std::string> states;
    bool lower_rank_calls = false;  ///< or has: one may speak for all
  };

  /// Calls all ranks and listens for a second.
  Result call();

 private:
  void send(int rank, int tag, const std::string& text);
  /// Whether there was a message; then who sent it.
  bool receive(int tag, int& rank, std::string& text) const;

  MPI_Comm comm_ = MPI_COMM_NULL;
  std::function<std::string()> own_state_;
  int rank_ = 0;
  int size_ = 1;
  std::mutex mutex_;
  bool lower_rank_calls_ = false;
  std::list<std::string> sent_;  ///< kept, since nobody waits for their arrival
};

}  // namespace convoy::mpi
