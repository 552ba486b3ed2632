#include "distributed/mpi/check.h"

#include <fmt/format.h>

#include <string>

#include "distributed/errors.h"

namespace convoy::mpi {

void check(int code, const char* what) {
  if (code == MPI_SUCCESS) {
    return;
  }
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(code, text, &length);
  throw PeerLost(
      fmt::format("{} failed in MPI: {}", what, std::string(text, length)));
}

}  // namespace convoy::mpi
