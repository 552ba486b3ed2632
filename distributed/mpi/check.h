#pragma once
// The door to MPI: every return code passes through here.

#define OMPI_SKIP_MPICXX 1
#include <mpi.h>

namespace convoy::mpi {

/// Throws PeerLost with MPI's own text when `code` is not MPI_SUCCESS.
void check(int code, const char* what);

}  // namespace convoy::mpi
