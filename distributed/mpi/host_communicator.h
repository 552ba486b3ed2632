#pragma once
// Communicator for tensors in host memory, over MPI.

#include <memory>

#include "distributed/communicator.h"
#include "distributed/mpi/check.h"
#include "distributed/patience.h"

namespace convoy::mpi {

/// All ranks of `parent` (duplicated). Large tensors travel in pieces of at
/// most 1 MB: one big MPI_Allreduce allocates a message-sized temporary and is
/// several times slower.
std::unique_ptr<Communicator> make_host_communicator(
    MPI_Comm parent, std::shared_ptr<const Waiting> waiting);

}  // namespace convoy::mpi
