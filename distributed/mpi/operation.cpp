#include "distributed/mpi/operation.h"

#include <fmt/format.h>

#include <stdexcept>

namespace convoy::mpi {

MPI_Op mpi_op(ReduceOp op) {
  switch (op) {
    case ReduceOp::sum:
      return MPI_SUM;
    case ReduceOp::min:
      return MPI_MIN;
    case ReduceOp::max:
      return MPI_MAX;
    case ReduceOp::average:
      break;  // average_of() makes it from the sum
  }
  throw std::logic_error("mpi_op: unknown operation");
}

MPI_Datatype mpi_type(c10::ScalarType type) {
  switch (type) {
    case c10::kFloat:
      return MPI_FLOAT;
    case c10::kDouble:
      return MPI_DOUBLE;
    case c10::kLong:
      return MPI_INT64_T;
    case c10::kInt:
      return MPI_INT32_T;
    default:
      throw std::logic_error(fmt::format(
          "mpi_type: {} is not reduced on the host", c10::toString(type)));
  }
}

}  // namespace convoy::mpi
