#pragma once
// Waiting for non-blocking MPI operations under a deadline.

#include <chrono>
#include <string>
#include <vector>

#include "distributed/mpi/check.h"
#include "distributed/patience.h"

namespace convoy::mpi {

/// Some MPI operations that complete together. Owns the requests; operations
/// still in flight when it is destroyed are waited for by nobody, so destroy it
/// early only on the way out of the program.
class Requests {
 public:
  void add(MPI_Request request) { requests_.push_back(request); }

  /// Moves them on; true when all are complete.
  bool test();

  /// Polls until all are complete, as Patience. Throws PeerLost naming `what`
  /// after its deadline.
  void wait(
      const Waiting& waiting, const std::string& what, Pace pace = Pace::quick);

 private:
  std::vector<MPI_Request> requests_;
};

}  // namespace convoy::mpi
