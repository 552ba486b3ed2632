#include "distributed/mpi/control.h"

#include <chrono>
#include <stdexcept>

#include "distributed/mpi/operation.h"
#include "distributed/mpi/request.h"

namespace convoy::mpi {
namespace {

class MpiControl final : public Control {
 public:
  MpiControl(MPI_Comm owned, std::shared_ptr<const Waiting> waiting)
      : comm_(owned), waiting_(std::move(waiting)) {
    check(MPI_Comm_rank(comm_, &rank_), "MPI_Comm_rank");
    check(MPI_Comm_size(comm_, &size_), "MPI_Comm_size");
  }

  // The communicator is left to MPI_Finalize: freeing is collective, and a
  // group may be destroyed on a path that not every rank takes.
  ~MpiControl() override = default;

  int rank() const override { return rank_; }
  int size() const override { return size_; }

  void barrier() override {
    MPI_Request request;
    check(MPI_Ibarrier(comm_, &request), "MPI_Ibarrier");
    finish(request, "a barrier");
  }

  void all_reduce(std::span<double> values, ReduceOp op) override {
    reduce(values.data(), values.size(), MPI_DOUBLE, op);
  }

  void all_reduce(std::span<std::int64_t> values, ReduceOp op) override {
    reduce(values.data(), values.size(), MPI_INT64_T, op);
  }

  std::vector<std::string> all_gather(const std::string& bytes) override {
    const std::vector<int> lengths = gather_lengths(bytes.size());
    std::vector<int> offsets(size_, 0);
    int total = 0;
    for (int r = 0; r < size_; ++r) {
      offsets[r] = total;
      total += lengths[r];
    }
    std::string all(total, '\0');
    MPI_Request request;
    check(
        MPI_Iallgatherv(
            bytes.data(),
            static_cast<int>(bytes.size()),
            MPI_BYTE,
            all.data(),
            lengths.data(),
            offsets.data(),
            MPI_BYTE,
            comm_,
            &request),
        "MPI_Iallgatherv");
    finish(request, "a gather");
    std::vector<std::string> parts;
    for (int r = 0; r < size_; ++r) {
      parts.push_back(all.substr(offsets[r], lengths[r]));
    }
    return parts;
  }

  std::string broadcast(const std::string& bytes, int root) override {
    std::int64_t length = static_cast<std::int64_t>(bytes.size());
    broadcast_bytes(&length, sizeof length, root);
    std::string result = rank_ == root ? bytes : std::string(length, '\0');
    broadcast_bytes(result.data(), result.size(), root);
    return result;
  }

  std::string await_broadcast(int root, const char* what) override {
    std::int64_t length = 0;
    finish(start_broadcast(&length, sizeof length, root), what, Pace::asleep);
    std::string result(length, '\0');
    broadcast_bytes(result.data(), result.size(), root);
    return result;
  }

  std::unique_ptr<Control> split(int colour) override {
    MPI_Comm part = MPI_COMM_NULL;
    check(MPI_Comm_split(comm_, colour, rank_, &part), "MPI_Comm_split");
    return std::make_unique<MpiControl>(part, waiting_);
  }

  MPI_Comm comm() const { return comm_; }

 private:
  void finish(MPI_Request request, const char* what, Pace pace = Pace::quick) {
    Requests requests;
    requests.add(request);
    requests.wait(*waiting_, what, pace);
  }

  void reduce(void* data, std::size_t count, MPI_Datatype type, ReduceOp op) {
    MPI_Request request;
    check(
        MPI_Iallreduce(
            MPI_IN_PLACE,
            data,
            static_cast<int>(count),
            type,
            mpi_op(op),
            comm_,
            &request),
        "MPI_Iallreduce");
    finish(request, "a reduction");
  }

  std::vector<int> gather_lengths(std::size_t length) {
    const int mine = static_cast<int>(length);
    std::vector<int> lengths(size_, 0);
    MPI_Request request;
    check(
        MPI_Iallgather(
            &mine, 1, MPI_INT, lengths.data(), 1, MPI_INT, comm_, &request),
        "MPI_Iallgather");
    finish(request, "a gather");
    return lengths;
  }

  MPI_Request start_broadcast(void* data, std::size_t length, int root) {
    MPI_Request request;
    check(
        MPI_Ibcast(
            data, static_cast<int>(length), MPI_BYTE, root, comm_, &request),
        "MPI_Ibcast");
    return request;
  }

  void broadcast_bytes(void* data, std::size_t length, int root) {
    finish(start_broadcast(data, length, root), "a broadcast");
  }

  MPI_Comm comm_;
  std::shared_ptr<const Waiting> waiting_;
  int rank_ = 0;
  int size_ = 1;
};

}  // namespace

std::unique_ptr<Control> make_control(
    MPI_Comm parent, std::shared_ptr<const Waiting> waiting) {
  MPI_Comm own = MPI_COMM_NULL;
  check(MPI_Comm_dup(parent, &own), "MPI_Comm_dup");
  return std::make_unique<MpiControl>(own, std::move(waiting));
}

MPI_Comm communicator_of(Control& group) {
  auto* control = dynamic_cast<MpiControl*>(&group);
  if (control == nullptr) {
    throw std::logic_error("communicator_of: the group is not an MpiSession's");
  }
  return control->comm();
}

}  // namespace convoy::mpi
