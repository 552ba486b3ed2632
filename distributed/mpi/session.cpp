#include "distributed/mpi/session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>

#include "distributed/communicator.h"
#include "distributed/errors.h"
#include "distributed/mpi/check.h"
#include "distributed/mpi/control.h"
#include "distributed/mpi/host_communicator.h"
#include "distributed/mpi/roll_call.h"

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

/// Of the answers of a roll call: who gave none, and what others saw them do.
std::string name_absent_ranks(
    const std::vector<std::string>& answers,
    const std::vector<std::string>& hosts) {
  std::map<std::size_t, std::string> seen;
  for (const std::string& answer : answers) {
    std::istringstream lines(answer);
    std::string line;
    std::getline(lines, line);  // "here"
    while (std::getline(lines, line)) {
      const std::size_t space = line.find(' ');
      seen[std::stoul(line)] = line.substr(space + 1);
    }
  }
  std::string names;
  for (std::size_t r = 0; r < answers.size(); ++r) {
    if (answers[r].empty()) {
      names += fmt::format(
          "{}rank {}{}{}",
          names.empty() ? "" : ", ",
          r,
          r < hosts.size() ? " on " + hosts[r] : "",
          seen.contains(r) ? fmt::format(" (last seen in {})", seen[r]) : "");
    }
  }
  return names;
}

}  // namespace

MpiSession::MpiSession(double timeout_s)
    : waiting_(std::make_shared<Waiting>()) {
  waiting_->timeout_s = timeout_s;
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
  roll_call_ = std::make_unique<mpi::RollCall>(
      MPI_COMM_WORLD, [this] { return "here\n" + witness_(); });
  waiting_->meanwhile = [this] { roll_call_->answer(); };
  waiting_->who_is_late = [this] { return who_is_late(); };
  control_ = mpi::make_control(MPI_COMM_WORLD, waiting_);
}

MpiSession::~MpiSession() {
  control_.reset();
  if (finished_) {
    MPI_Finalize();
  }
}

void MpiSession::set_timeout(double timeout_s) {
  waiting_->timeout_s = timeout_s;
}

std::unique_ptr<Communicator> MpiSession::host_communicator(Control& group) {
  return mpi::make_host_communicator(mpi::communicator_of(group), waiting_);
}

void MpiSession::set_witness(
    std::function<std::string()> witness, std::vector<std::string> hosts) {
  witness_ = std::move(witness);
  hosts_ = std::move(hosts);
}

std::string MpiSession::who_is_late() {
  const mpi::RollCall::Result call = roll_call_->call();
  lower_rank_speaks_ = call.lower_rank_calls;
  return name_absent_ranks(call.states, hosts_);
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
