#include "distributed/mpi/direct_exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include "distributed/mpi/control.h"
#include "distributed/mpi/request.h"
#include "distributed/shm/combine.h"

namespace convoy {
namespace {

using mpi::check;

/// Short enough that Open MPI sends it over TCP (64 KB with its header) without
/// asking the receiver first: where each piece waits for an answer that stands
/// behind what goes the other way, a link that carries both ways at once
/// carries one (measured at 1 Gbit: half of the rate).
constexpr std::int64_t kPieceBytes = 60 << 10;
constexpr std::size_t kUnderWay = 64;  ///< pieces to or from a rank at a time
constexpr int kTags = 1 << 14;         ///< all-reduces under way have their own

struct Group {
  MPI_Comm comm = MPI_COMM_NULL;
  int rank = 0;
  int size = 1;
};

/// A part of the tensor, at most kPieceBytes.
struct Piece {
  std::byte* place;
  std::int64_t count;  ///< elements
  int bytes;
};

std::vector<Piece> pieces_of(
    const at::Tensor& tensor, int owner, const Group& group) {
  const std::int64_t item = tensor.element_size();
  const std::int64_t begin = tensor.numel() * owner / group.size;
  const std::int64_t end = tensor.numel() * (owner + 1) / group.size;
  auto* base = static_cast<std::byte*>(tensor.mutable_data_ptr());
  std::vector<Piece> pieces;
  for (std::int64_t at = begin; at < end; at += kPieceBytes / item) {
    const std::int64_t count = std::min(kPieceBytes / item, end - at);
    pieces.push_back({base + at * item, count, static_cast<int>(count * item)});
  }
  return pieces;
}

MPI_Request send(const Piece& piece, int rank, int tag, const Group& group) {
  MPI_Request request;
  check(
      MPI_Isend(
          piece.place, piece.bytes, MPI_BYTE, rank, tag, group.comm, &request),
      "MPI_Isend");
  return request;
}

MPI_Request receive(
    std::byte* place, int bytes, int rank, int tag, const Group& group) {
  MPI_Request request;
  check(
      MPI_Irecv(place, bytes, MPI_BYTE, rank, tag, group.comm, &request),
      "MPI_Irecv");
  return request;
}

/// Tags of one all-reduce.
struct Tags {
  int part;
  int sum;
};

/// The parts that another rank owns: sent there, replaced by the sums that come
/// back.
class Foreign {
 public:
  Foreign(const at::Tensor& tensor, int owner, const Group& group)
      : owner_(owner),
        pieces_(pieces_of(tensor, owner, group)),
        requests_(pieces_.size()) {}

  /// True when all sums are here.
  bool advance(const Tags& tags, const Group& group) {
    while (sent_ < pieces_.size() && sent_ < done_ + kUnderWay) {
      requests_[sent_].add(send(pieces_[sent_], owner_, tags.part, group));
      ++sent_;
    }
    // What was sent may be written over.
    while (asked_ < sent_ && requests_[asked_].test()) {
      const Piece& piece = pieces_[asked_];
      requests_[asked_].add(
          receive(piece.place, piece.bytes, owner_, tags.sum, group));
      ++asked_;
    }
    while (done_ < asked_ && requests_[done_].test()) {
      ++done_;
    }
    return done_ == pieces_.size();
  }

 private:
  int owner_;
  std::vector<Piece> pieces_;
  std::vector<mpi::Requests> requests_;  ///< of the message under way
  std::size_t sent_ = 0;
  std::size_t asked_ = 0;  ///< pieces whose sum is expected
  std::size_t done_ = 0;
};

/// The parts that this rank owns: the others' are awaited, added up, and the
/// sums sent to all.
class Own {
 public:
  Own(const at::Tensor& tensor, ReduceOp op, const Group& group)
      : type_(tensor.scalar_type()),
        op_(op),
        pieces_(pieces_of(tensor, group.rank, group)),
        requests_(pieces_.size()),
        slots_(std::min(kUnderWay, pieces_.size())) {}

  bool advance(const Tags& tags, const Group& group) {
    while (asked_ < pieces_.size() && asked_ < summed_ + kUnderWay) {
      ask(tags, group);
    }
    while (summed_ < asked_ && requests_[summed_].test()) {
      add_up(group);
      for (int r = 0; r < group.size; ++r) {
        if (r != group.rank) {
          requests_[summed_].add(send(pieces_[summed_], r, tags.sum, group));
        }
      }
      ++summed_;
    }
    while (done_ < summed_ && requests_[done_].test()) {
      ++done_;
    }
    return done_ == pieces_.size();
  }

 private:
  using Buffer = std::vector<std::byte>;

  std::vector<Buffer>& slot(std::size_t piece) {
    return slots_[piece % slots_.size()];
  }

  void ask(const Tags& tags, const Group& group) {
    std::vector<Buffer>& buffers = slot(asked_);
    buffers.resize(static_cast<std::size_t>(group.size));
    for (int r = 0; r < group.size; ++r) {
      if (r != group.rank) {
        Buffer& buffer = buffers[static_cast<std::size_t>(r)];
        buffer.resize(static_cast<std::size_t>(pieces_[asked_].bytes));
        requests_[asked_].add(
            receive(buffer.data(), pieces_[asked_].bytes, r, tags.part, group));
      }
    }
    ++asked_;
  }

  void add_up(const Group& group) {
    std::vector<std::byte*> copies;
    for (Buffer& buffer : slot(summed_)) {
      copies.push_back(buffer.data());
    }
    std::byte* mine = pieces_[summed_].place;
    copies[static_cast<std::size_t>(group.rank)] = mine;
    combine(
        {.from = copies,
         .to = std::span(&mine, 1),
         .begin = 0,
         .end = pieces_[summed_].count,
         .type = type_,
         .op = op_});
  }

  c10::ScalarType type_;
  ReduceOp op_;
  std::vector<Piece> pieces_;
  std::vector<mpi::Requests> requests_;
  std::vector<std::vector<Buffer>> slots_;  ///< by rank, of pieces under way
  std::size_t asked_ = 0;
  std::size_t summed_ = 0;
  std::size_t done_ = 0;
};

class DirectWork final : public Work {
 public:
  DirectWork(
      const at::Tensor& tensor,
      ReduceOp op,
      const Tags& tags,
      const Group& group,
      std::shared_ptr<const Waiting> waiting)
      : tensor_(tensor),
        tags_(tags),
        group_(group),
        waiting_(std::move(waiting)),
        own_(tensor, op, group) {
    // Each rank begins with another one.
    for (int k = 1; k < group.size; ++k) {
      foreign_.emplace_back(tensor, (group.rank + k) % group.size, group);
    }
    test();
  }

  bool test() override {
    bool done = own_.advance(tags_, group_);
    for (Foreign& part : foreign_) {
      done &= part.advance(tags_, group_);
    }
    return done;
  }

  void wait() override {
    Patience patience(*waiting_);
    while (!test()) {
      if (!patience.pause()) {
        patience.give_up(
            fmt::format("an exchange of {} bytes", tensor_.nbytes()));
      }
    }
  }

 private:
  at::Tensor tensor_;
  Tags tags_;
  const Group& group_;
  std::shared_ptr<const Waiting> waiting_;
  Own own_;
  std::vector<Foreign> foreign_;
};

class DirectExchange final : public Communicator {
 public:
  DirectExchange(MpiSession& session, Control& group)
      : plain_(session.host_communicator(group)), waiting_(session.waiting()) {
    check(
        MPI_Comm_dup(mpi::communicator_of(group), &group_.comm),
        "MPI_Comm_dup");
    group_.rank = plain_->rank();
    group_.size = plain_->size();
  }

  int rank() const override { return group_.rank; }
  int size() const override { return group_.size; }

  std::unique_ptr<Work> all_reduce(
      const at::Tensor& tensor, ReduceOp op) override {
    if (op == ReduceOp::average) {
      return average_of(all_reduce(tensor, ReduceOp::sum), tensor, size());
    }
    if (!tensor.is_cpu() || !tensor.is_non_overlapping_and_dense()) {
      throw std::logic_error("exchange: want a dense tensor on the CPU");
    }
    const int turn = turn_++ % kTags;
    return std::make_unique<DirectWork>(
        tensor, op, Tags{2 * turn, 2 * turn + 1}, group_, waiting_);
  }

  void broadcast(const at::Tensor& tensor, int root) override {
    plain_->broadcast(tensor, root);
  }
  void barrier() override { plain_->barrier(); }

 private:
  std::unique_ptr<Communicator> plain_;
  std::shared_ptr<const Waiting> waiting_;
  Group group_;
  int turn_ = 0;
};

}  // namespace

std::unique_ptr<Communicator> make_direct_exchange(
    MpiSession& session, Control& group) {
  return std::make_unique<DirectExchange>(session, group);
}

}  // namespace convoy
