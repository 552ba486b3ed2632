#include "distributed/mpi/host_communicator.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "distributed/mpi/operation.h"
#include "distributed/mpi/request.h"

namespace convoy::mpi {
namespace {

constexpr std::int64_t kPieceBytes = 1 << 20;

class MpiWork final : public Work {
 public:
  MpiWork(
      Requests requests,
      std::shared_ptr<const Waiting> waiting,
      std::int64_t bytes)
      : requests_(std::move(requests)),
        waiting_(std::move(waiting)),
        bytes_(bytes) {}

  bool test() override { return requests_.test(); }

  void wait() override {
    requests_.wait(
        *waiting_, "an all-reduce of " + std::to_string(bytes_) + " bytes");
  }

 private:
  Requests requests_;
  std::shared_ptr<const Waiting> waiting_;
  std::int64_t bytes_;
};

/// Calls use(pointer, count) for consecutive pieces of the tensor's memory.
template <class Use>
void for_each_piece(const at::Tensor& tensor, Use use) {
  if (!tensor.is_cpu() || !tensor.is_non_overlapping_and_dense()) {
    throw std::logic_error("host communicator: want a dense tensor on the CPU");
  }
  auto* bytes = static_cast<char*>(tensor.mutable_data_ptr());
  const std::int64_t item = tensor.element_size();
  const std::int64_t piece = kPieceBytes / item;
  for (std::int64_t at = 0; at < tensor.numel(); at += piece) {
    use(bytes + at * item,
        static_cast<int>(std::min(piece, tensor.numel() - at)));
  }
}

class HostCommunicator final : public Communicator {
 public:
  HostCommunicator(MPI_Comm owned, std::shared_ptr<const Waiting> waiting)
      : comm_(owned), waiting_(std::move(waiting)) {
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
    Requests requests;
    const MPI_Datatype type = mpi_type(tensor.scalar_type());
    for_each_piece(tensor, [&](void* data, int count) {
      MPI_Request request;
      check(
          MPI_Iallreduce(
              MPI_IN_PLACE, data, count, type, mpi_op(op), comm_, &request),
          "MPI_Iallreduce");
      requests.add(request);
    });
    return std::make_unique<MpiWork>(
        std::move(requests), waiting_, tensor.nbytes());
  }

  void broadcast(const at::Tensor& tensor, int root) override {
    Requests requests;
    const int item = static_cast<int>(tensor.element_size());
    for_each_piece(tensor, [&](void* data, int count) {
      MPI_Request request;
      check(
          MPI_Ibcast(data, count * item, MPI_BYTE, root, comm_, &request),
          "MPI_Ibcast");
      requests.add(request);
    });
    requests.wait(*waiting_, "a broadcast");
  }

  void barrier() override {
    MPI_Request request;
    check(MPI_Ibarrier(comm_, &request), "MPI_Ibarrier");
    Requests requests;
    requests.add(request);
    requests.wait(*waiting_, "a barrier");
  }

 private:
  MPI_Comm comm_;
  std::shared_ptr<const Waiting> waiting_;
  int rank_ = 0;
  int size_ = 1;
};

}  // namespace

std::unique_ptr<Communicator> make_host_communicator(
    MPI_Comm parent, std::shared_ptr<const Waiting> waiting) {
  MPI_Comm own = MPI_COMM_NULL;
  check(MPI_Comm_dup(parent, &own), "MPI_Comm_dup");
  return std::make_unique<HostCommunicator>(own, std::move(waiting));
}

}  // namespace convoy::mpi
