#pragma once
// ReduceOp and scalar types in MPI's terms.

#include <c10/core/ScalarType.h>

#include "distributed/mpi/check.h"
#include "distributed/reduce_op.h"

namespace convoy::mpi {

MPI_Op mpi_op(ReduceOp op);

/// Throws std::logic_error for types that are not reduced on the host.
MPI_Datatype mpi_type(c10::ScalarType type);

}  // namespace convoy::mpi
