#include "distributed/mpi/session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "distributed/communicator.h"
#include "distributed/errors.h"
#include "distributed/mpi/check.h"
#include "distributed/mpi/control.h"
#include "distributed/mpi/host_communicator.h"

namespace convoy {
namespace {

/// Open MPI reads its settings from the environment at MPI_Init; whatever the
/// user has set wins.
void choose_open_mpi_defaults() {
  // Copying through a second process's memory needs ptrace rights that
  // containers often withhold, and is slower up to 4 MB than shared memory.
  setenv("OMPI_MCA_btl_vader_single_copy_mechanism", "none", 0);
  // Started without mpirun: a group of one needs no daemon.
  setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
}

}  // namespace

MpiSession::MpiSession(double timeout_s)
    : timeout_s_(std::make_shared<double>(timeout_s)) {
  choose_open_mpi_defaults();
  int provided = 0;
  mpi::check(
      MPI_Init_thread(nullptr, nullptr, MPI_THREAD_MULTIPLE, &provided),
      "MPI_Init_thread");
  if (provided < MPI_THREAD_MULTIPLE) {
    throw Disagreement(fmt::format(
        "this MPI library offers thread level {}, and convoy needs "
        "MPI_THREAD_MULTIPLE ({}). Use an MPI that was built with thread "
        "support, such as Debian's openmpi-bin",
        provided,
        static_cast<int>(MPI_THREAD_MULTIPLE)));
  }
  mpi::check(
      MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN),
      "MPI_Comm_set_errhandler");
  control_ = mpi::make_control(MPI_COMM_WORLD, timeout_s_);
}

MpiSession::~MpiSession() {
  control_.reset();
  if (finished_) {
    MPI_Finalize();
  }
}

void MpiSession::set_timeout(double timeout_s) {
  *timeout_s_ = timeout_s;
}

std::unique_ptr<Communicator> MpiSession::host_communicator(Control& group) {
  return mpi::make_host_communicator(mpi::communicator_of(group), timeout_s_);
}

void MpiSession::fault_exit(int code) {
  std::fflush(nullptr);
  // Not MPI_Abort, which can hang when another thread is inside MPI. mpirun
  // ends the other ranks when one leaves without finalising, and passes the
  // code on.
  _exit(code);
}

std::string mpi_version() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  int length = 0;
  MPI_Get_library_version(text, &length);
  const std::string whole(text, static_cast<std::size_t>(length));
  return whole.substr(0, whole.find(','));
}

std::string host_name() {
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace convoy
