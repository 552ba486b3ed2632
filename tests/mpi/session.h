#pragma once
// The MPI session that tests/mpi/ranks_main.cpp opens.

#include "distributed/mpi/session.h"

namespace convoy::testing {

MpiSession& session();

}  // namespace convoy::testing
