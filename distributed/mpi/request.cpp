#include "distributed/mpi/request.h"

namespace convoy::mpi {

bool Requests::test() {
  if (requests_.empty()) {
    return true;
  }
  int done = 0;
  check(
      MPI_Testall(
          static_cast<int>(requests_.size()),
          requests_.data(),
          &done,
          MPI_STATUSES_IGNORE),
      "MPI_Testall");
  if (done != 0) {
    requests_.clear();
  }
  return done != 0;
}

void Requests::wait(
    const Waiting& waiting, const std::string& what, Pace pace) {
  Patience patience(waiting, pace);
  while (!test()) {
    if (!patience.pause()) {
      patience.give_up(what);
    }
  }
}

}  // namespace convoy::mpi
