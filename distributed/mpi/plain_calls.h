#pragma once
// MPI's all-reduce as programs usually call it, to be measured beside ours.

#include <array>
#include <memory>
#include <string_view>

#include "distributed/communicator.h"
#include "distributed/mpi/session.h"

namespace convoy {

/// `whole`: MPI_Allreduce of everything at once. `pieces`: of 1 MB, one after
/// the other. `non_blocking`: MPI_Iallreduce of everything, then MPI_Wait.
enum class PlainCall { whole, pieces, non_blocking };
constexpr std::array<std::string_view, 3> names(PlainCall) {
  return {"MPI_Allreduce", "MPI_Allreduce-1MB", "MPI_Iallreduce"};
}

/// All ranks of `group`, a control group of the session's. No deadline: a rank
/// that does not come is waited for. For dense tensors in host memory of up to
/// 2^31 - 1 elements.
std::unique_ptr<Communicator> make_plain_communicator(
    Control& group, PlainCall call);

}  // namespace convoy
