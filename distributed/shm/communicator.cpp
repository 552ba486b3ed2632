#include "distributed/shm/communicator.h"

#include <ATen/ops/from_blob.h>
#include <fmt/format.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "distributed/patience.h"
#include "distributed/shm/joined.h"
#include "distributed/shm/reductions.h"
#include "distributed/shm/segments.h"

namespace convoy {
namespace {

/// Memory that allocate() has given.
struct Allocated {
  std::weak_ptr<const Segments> segments;
  const std::byte* base;  ///< this rank's
  std::size_t bytes;
};

class ShmCommunicator final : public Communicator {
 public:
  ShmCommunicator(
      ShmGroups groups,
      ShmOptions options,
      std::shared_ptr<const Segments> desks)
      : groups_(std::move(groups)),
        options_(std::move(options)),
        reductions_(
            {groups_.host.rank(), groups_.host.size(), groups_.places},
            groups_.host.size() == groups_.world.size(),
            std::move(desks),
            std::move(groups_.peers)) {}

  int rank() const override { return groups_.plain->rank(); }
  int size() const override { return groups_.plain->size(); }

  std::unique_ptr<Work> all_reduce(
      const at::Tensor& tensor, ReduceOp op) override;
  std::unique_ptr<Work> reduce_scatter(const at::Tensor& tensor) override {
    auto work = share(tensor, Sharing::scatter, "a reduce-scatter");
    return work ? std::move(work) : Communicator::reduce_scatter(tensor);
  }
  std::unique_ptr<Work> all_gather(const at::Tensor& tensor) override {
    auto work = share(tensor, Sharing::gather, "an all-gather");
    return work ? std::move(work) : Communicator::all_gather(tensor);
  }

  at::Tensor allocate(
      std::int64_t elements, const at::TensorOptions& options) override;
  at::Tensor join(
      const at::Tensor& arena, std::span<const std::int64_t> pieces) override;

  void broadcast(const at::Tensor& tensor, int root) override {
    groups_.plain->broadcast(tensor, root);
  }
  void barrier() override { groups_.plain->barrier(); }

 private:
  std::unique_ptr<Work> share(
      const at::Tensor& tensor, Sharing sharing, const char* name);
  std::vector<std::byte*> shared_copies(const at::Tensor& tensor) const;
  std::shared_ptr<const Segments> segments_of(const at::Tensor& arena) const;

  ShmGroups groups_;
  ShmOptions options_;
  Reductions reductions_;
  std::vector<Allocated> allocated_;
};

class ShmWork final : public Work {
 public:
  ShmWork(
      Reductions& reductions,
      std::uint64_t turn,
      const char* name,
      std::size_t bytes,
      const ShmOptions& options)
      : reductions_(reductions),
        turn_(turn),
        name_(name),
        bytes_(bytes),
        waiting_(options.waiting),
        pace_(options.crowded ? Pace::crowded : Pace::quick) {}

  bool test() override { return reductions_.advance(turn_); }

  void wait() override {
    Patience patience(*waiting_, pace_);
    while (!test()) {
      if (!patience.pause()) {
        patience.give_up(fmt::format("{} of {} bytes", name_, bytes_));
      }
    }
  }

 private:
  Reductions& reductions_;
  std::uint64_t turn_;
  const char* name_;
  std::size_t bytes_;
  std::shared_ptr<const Waiting> waiting_;
  Pace pace_;
};

/// Of a group of one, and of tensors without elements.
class DoneWork final : public Work {
 public:
  bool test() override { return true; }
  void wait() override {}
};

std::unique_ptr<Work> ShmCommunicator::all_reduce(
    const at::Tensor& tensor, ReduceOp op) {
  if (op == ReduceOp::average) {
    return average_of(all_reduce(tensor, ReduceOp::sum), tensor, size());
  }
  if (!tensor.is_cpu() || !tensor.is_non_overlapping_and_dense()) {
    throw std::logic_error("host communicator: want a dense tensor on the CPU");
  }
  if (size() == 1 || tensor.numel() == 0) {
    return std::make_unique<DoneWork>();
  }
  std::vector<std::byte*> copies = shared_copies(tensor);
  const std::uint64_t turn =
      copies.empty() ? reductions_.post_pieces(tensor, op)
                     : reductions_.post(tensor, op, std::move(copies));
  return std::make_unique<ShmWork>(
      reductions_, turn, "an all-reduce", tensor.nbytes(), options_);
}

/// Null where slices are not parts, or lie where the others do not see them.
std::unique_ptr<Work> ShmCommunicator::share(
    const at::Tensor& tensor, Sharing sharing, const char* name) {
  std::vector<std::byte*> copies = shared_copies(tensor);
  if (copies.empty() || !reductions_.cuts_equally(tensor)) {
    return nullptr;
  }
  const std::uint64_t turn =
      reductions_.post(tensor, ReduceOp::sum, std::move(copies), sharing);
  return std::make_unique<ShmWork>(
      reductions_, turn, name, tensor.nbytes(), options_);
}

at::Tensor ShmCommunicator::allocate(
    std::int64_t elements, const at::TensorOptions& options) {
  const auto bytes = static_cast<std::size_t>(
      elements * static_cast<std::int64_t>(options.dtype().itemsize()));
  if (size() == 1 || bytes == 0) {
    return Communicator::allocate(elements, options);
  }
  const AllottedSegments allotted =
      allot_segments(groups_.world, groups_.host, bytes);
  if (allotted.segments == nullptr) {
    options_.warn(fmt::format(
        "no {:.0f} MB of shared memory for gradients, which are copied piece "
        "by piece: {}",
        static_cast<double>(bytes) / 1e6,
        allotted.problem));
    return Communicator::allocate(elements, options);
  }
  std::erase_if(
      allocated_, [](const auto& old) { return old.segments.expired(); });
  std::byte* base = allotted.segments->of(groups_.host.rank());
  allocated_.push_back({allotted.segments, base, bytes});
  return at::from_blob(
      base, {elements}, [kept = allotted.segments](void*) {}, options);
}

/// Null where `arena` is not all of what allocate() has given.
std::shared_ptr<const Segments> ShmCommunicator::segments_of(
    const at::Tensor& arena) const {
  for (const Allocated& one : allocated_) {
    if (one.base == arena.const_data_ptr() && one.bytes == arena.nbytes()) {
      return one.segments.lock();
    }
  }
  return nullptr;
}

at::Tensor ShmCommunicator::join(
    const at::Tensor& arena, std::span<const std::int64_t> pieces) {
  const auto segments = segments_of(arena);
  const auto multiple =
      static_cast<std::size_t>(sysconf(_SC_PAGESIZE) * size());
  std::vector<std::size_t> bytes;
  bool in_pages = groups_.host.size() == size() && segments != nullptr;
  for (const std::int64_t piece : pieces) {
    bytes.push_back(static_cast<std::size_t>(piece) * arena.element_size());
    in_pages = in_pages && bytes.back() % multiple == 0;
  }
  if (!in_pages) {
    return {};
  }
  std::shared_ptr<const JoinedSegments> joined;
  std::string problem;
  try {
    joined = std::make_shared<JoinedSegments>(segments, size(), bytes);
  } catch (const std::runtime_error& e) {
    problem = e.what();
  }
  for (const std::string& one : groups_.world.all_gather(problem)) {
    if (!one.empty()) {
      options_.warn(fmt::format("gradients are copied to every rank: {}", one));
      return {};
    }
  }
  return at::from_blob(
      joined->place(), {arena.numel()}, [joined](void*) {}, arena.options());
}

/// Where every rank of the host has the tensor; empty when it lies elsewhere.
std::vector<std::byte*> ShmCommunicator::shared_copies(
    const at::Tensor& tensor) const {
  const auto* place = static_cast<const std::byte*>(tensor.const_data_ptr());
  for (const auto& one : allocated_) {
    if (place < one.base || place >= one.base + one.bytes) {
      continue;
    }
    if (const auto segments = one.segments.lock()) {
      std::vector<std::byte*> copies(
          static_cast<std::size_t>(groups_.host.size()));
      for (int r = 0; r < groups_.host.size(); ++r) {
        copies[static_cast<std::size_t>(r)] =
            segments->of(r) + (place - one.base);
      }
      return copies;
    }
  }
  return {};
}

}  // namespace

std::unique_ptr<Communicator> make_shm_communicator(
    ShmGroups groups, ShmOptions options, std::string& problem) {
  AllottedSegments desks =
      allot_segments(groups.world, groups.host, desk_bytes());
  problem = desks.problem;
  if (desks.segments == nullptr) {
    return nullptr;
  }
  return std::make_unique<ShmCommunicator>(
      std::move(groups), std::move(options), std::move(desks.segments));
}

}  // namespace convoy
