#include "distributed/mpi/roll_call.h"

#include <chrono>
#include <thread>

namespace convoy::mpi {
namespace {

constexpr int kQuestion = 1;
constexpr int kAnswer = 2;

}  // namespace

RollCall::RollCall(MPI_Comm parent, std::function<std::string()> own_state)
    : own_state_(std::move(own_state)) {
  check(MPI_Comm_dup(parent, &comm_), "MPI_Comm_dup");
  check(MPI_Comm_rank(comm_, &rank_), "MPI_Comm_rank");
  check(MPI_Comm_size(comm_, &size_), "MPI_Comm_size");
}

void RollCall::send(int rank, int tag, const std::string& text) {
  sent_.push_back(text);
  MPI_Request request;
  check(
      MPI_Isend(
          sent_.back().data(),
          static_cast<int>(sent_.back().size()),
          MPI_BYTE,
          rank,
          tag,
          comm_,
          &request),
      "MPI_Isend");
  // A rank that hangs never takes it: nobody waits.
  check(MPI_Request_free(&request), "MPI_Request_free");
}

bool RollCall::receive(int tag, int& rank, std::string& text) const {
  int there = 0;
  MPI_Message message;
  MPI_Status status;
  check(
      MPI_Improbe(MPI_ANY_SOURCE, tag, comm_, &there, &message, &status),
      "MPI_Improbe");
  if (there == 0) {
    return false;
  }
  int bytes = 0;
  check(MPI_Get_count(&status, MPI_BYTE, &bytes), "MPI_Get_count");
  text.resize(static_cast<std::size_t>(bytes));
  check(
      MPI_Mrecv(text.data(), bytes, MPI_BYTE, &message, MPI_STATUS_IGNORE),
      "MPI_Mrecv");
  rank = status.MPI_SOURCE;
  return true;
}

void RollCall::answer() {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  int caller = 0;
  std::string text;
  while (lock && receive(kQuestion, caller, text)) {
    lower_rank_calls_ |= caller < rank_;
    send(caller, kAnswer, own_state_());
  }
}

RollCall::Result RollCall::call() {
  using namespace std::chrono_literals;
  const std::lock_guard lock(mutex_);
  Result result{std::vector<std::string>(static_cast<std::size_t>(size_))};
  result.states[static_cast<std::size_t>(rank_)] = own_state_();
  for (int r = 0; r < size_; ++r) {
    if (r != rank_) {
      send(r, kQuestion, "?");
    }
  }
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < 1s) {
    int rank = 0;
    std::string text;
    while (receive(kAnswer, rank, text)) {
      result.states[static_cast<std::size_t>(rank)] = text;
    }
    while (receive(kQuestion, rank, text)) {
      lower_rank_calls_ |= rank < rank_;
      send(rank, kAnswer, own_state_());
    }
    std::this_thread::sleep_for(1ms);
  }
  result.lower_rank_calls = lower_rank_calls_;
  return result;
}

}  // namespace convoy::mpi
