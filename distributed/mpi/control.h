#pragma once
// Control over MPI.

#include <memory>

#include "distributed/control.h"
#include "distributed/mpi/check.h"
#include "distributed/patience.h"

namespace convoy::mpi {

/// A control group over a duplicate of `parent`. `waiting` is shared so that
/// the session can change it.
std::unique_ptr<Control> make_control(
    MPI_Comm parent, std::shared_ptr<const Waiting> waiting);

/// The MPI communicator under a group made by make_control.
MPI_Comm communicator_of(Control& group);

}  // namespace convoy::mpi
