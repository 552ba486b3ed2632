#pragma once
// Control over MPI.

#include <memory>

#include "distributed/control.h"
#include "distributed/mpi/check.h"

namespace convoy::mpi {

/// A control group over a duplicate of `parent`. `timeout_s` is shared so that
/// the session can change it.
std::unique_ptr<Control> make_control(
    MPI_Comm parent, std::shared_ptr<const double> timeout_s);

/// The MPI communicator under a group made by make_control.
MPI_Comm communicator_of(Control& group);

}  // namespace convoy::mpi
