#include "distributed/mpi/plain_calls.h"

#include <algorithm>
#include <stdexcept>

#include "distributed/mpi/control.h"
#include "distributed/mpi/operation.h"

namespace convoy {
namespace {

using mpi::check;

/// Of a call that has come back with the result.
class DoneCall final : public Work {
 public:
  bool test() override { return true; }
  void wait() override {}
};

class WaitedCall final : public Work {
 public:
  explicit WaitedCall(MPI_Request request) : request_(request) {}

  bool test() override {
    int done = 0;
    check(MPI_Test(&request_, &done, MPI_STATUS_IGNORE), "MPI_Test");
    return done != 0;
  }
  void wait() override {
    check(MPI_Wait(&request_, MPI_STATUS_IGNORE), "MPI_Wait");
  }

 private:
  MPI_Request request_;
};

class PlainCommunicator final : public Communicator {
 public:
  PlainCommunicator(MPI_Comm comm, PlainCall call) : comm_(comm), call_(call) {
    check(MPI_Comm_rank(comm_, &rank_), "MPI_Comm_rank");
    check(MPI_Comm_size(comm_, &size_), "MPI_Comm_size");
  }

  int rank() const override { return rank_; }
  int size() const override { return size_; }

  std::unique_ptr<Work> all_reduce(
      const at::Tensor& tensor, ReduceOp op) override {
    if (op == ReduceOp::average) {
      return average_of(all_reduce(tensor, ReduceOp::sum), tensor, size());
    }
    if (call_ == PlainCall::non_blocking) {
      MPI_Request request;
      check(
          MPI_Iallreduce(
              MPI_IN_PLACE,
              tensor.mutable_data_ptr(),
              static_cast<int>(tensor.numel()),
              mpi::mpi_type(tensor.scalar_type()),
              mpi::mpi_op(op),
              comm_,
              &request),
          "MPI_Iallreduce");
      return std::make_unique<WaitedCall>(request);
    }
    reduce_now(tensor, op);
    return std::make_unique<DoneCall>();
  }

  void broadcast(const at::Tensor& tensor, int root) override {
    check(
        MPI_Bcast(
            tensor.mutable_data_ptr(),
            static_cast<int>(tensor.nbytes()),
            MPI_BYTE,
            root,
            comm_),
        "MPI_Bcast");
  }

  void barrier() override { check(MPI_Barrier(comm_), "MPI_Barrier"); }

 private:
  void reduce_now(const at::Tensor& tensor, ReduceOp op) const {
    auto* place = static_cast<char*>(tensor.mutable_data_ptr());
    const std::int64_t item = tensor.element_size();
    const std::int64_t piece =
        call_ == PlainCall::pieces ? (1 << 20) / item : tensor.numel();
    for (std::int64_t at = 0; at < tensor.numel(); at += piece) {
      check(
          MPI_Allreduce(
              MPI_IN_PLACE,
              place + at * item,
              static_cast<int>(std::min(piece, tensor.numel() - at)),
              mpi::mpi_type(tensor.scalar_type()),
              mpi::mpi_op(op),
              comm_),
          "MPI_Allreduce");
    }
  }

  MPI_Comm comm_;
  PlainCall call_;
  int rank_ = 0;
  int size_ = 1;
};

}  // namespace

std::unique_ptr<Communicator> make_plain_communicator(
    Control& group, PlainCall call) {
  MPI_Comm own = MPI_COMM_NULL;
  check(MPI_Comm_dup(mpi::communicator_of(group), &own), "MPI_Comm_dup");
  return std::make_unique<PlainCommunicator>(own, call);
}

}  // namespace convoy
