#pragma once
// All-reduce between hosts in which everybody sends straight to everybody.

#include <memory>

#include "distributed/communicator.h"
#include "distributed/mpi/session.h"

namespace convoy {

/// All ranks of `group`, a control group of the session's; dense tensors in
/// host memory. Of n ranks each owns an n-th of a tensor: it gets that part
/// from the others, adds up in the order of the ranks, and sends the sum to
/// all. So every rank sends and receives 2 (n - 1) / n of a tensor, both ways
/// at once, where MPI_Iallreduce of two ranks sends all of it there and then
/// back; and a sum's bits depend on nothing but the ranks. Pieces have 1 MB at
/// most, and a few are under way at a time. Types as combine().
std::unique_ptr<Communicator> make_direct_exchange(
    MpiSession& session, Control& group);

}  // namespace convoy
