// The NCCL back end between processes, one under mpirun or two: on a GPU each,
// or on one GPU where NCCL_HOSTID tells them apart, which is slow and right.

#include <ATen/TensorOperators.h>
#include <ATen/cuda/CUDAGraph.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <gmock/gmock.h>

#include <array>
#include <future>

#include "distributed/errors.h"
#include "distributed/nccl/communicator.h"
#include "tests/mpi/session.h"
#include "tests/support/absence.h"
#include "tests/support/gpu.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::session;
using ::testing::ThrowsMessage;

class NcclRanks : public testing::GpuTest {
 protected:
  void SetUp() override {
    GpuTest::SetUp();
    if (!IsSkipped()) {
      set_device(own());
    }
  }

  static Control& control() { return session().control(); }
  static bool alone() { return control().size() == 1; }
  static c10::Device own() {
    return {
        c10::kCUDA,
        static_cast<c10::DeviceIndex>(control().rank() % testing::gpu_count())};
  }
  static std::unique_ptr<Communicator> connect(const LostHandler& lost) {
    return make_nccl_communicator(
        control(), own(), {.waiting = session().waiting(), .lost = lost});
  }
  static void unexpected(const std::string& sentence) { FAIL() << sentence; }

  static at::Tensor filled(std::int64_t n, double value) {
    return at::full({n}, value, at::TensorOptions(at::kFloat).device(own()));
  }
  static double least(const at::Tensor& t) { return t.min().item<float>(); }
  static double most(const at::Tensor& t) { return t.max().item<float>(); }
};

TEST_F(NcclRanks, ReduceAndBroadcast) {
  const auto nccl = connect(unexpected);
  const int n = nccl->size();
  const auto t = filled(1 << 20, 1.0 + nccl->rank());
  for (int i = 0; i < 5; ++i) {
    t.fill_(1.0 + nccl->rank());
    nccl->all_reduce(t)->wait();
    EXPECT_EQ(least(t), n * (n + 1) / 2.0);
    EXPECT_EQ(most(t), n * (n + 1) / 2.0);
  }
  t.fill_(nccl->rank());
  nccl->broadcast(t, n - 1);
  EXPECT_EQ(least(t), n - 1);
  nccl->barrier();
}

TEST_F(NcclRanks, ReduceWhereTheyHaveAllocated) {
  at::Tensor arena;
  {
    const auto nccl = connect(unexpected);
    arena = nccl->allocate(1 << 20, filled(1, 0).options());
    EXPECT_EQ(most(arena), 0);
    const auto part = arena.narrow(0, 4096, 100000);
    for (int step = 0; step < 3; ++step) {
      part.fill_(1.0 + nccl->rank());
      nccl->all_reduce(part)->wait();
    }
    nccl->barrier();
  }
  const int n = control().size();
  EXPECT_EQ(least(arena.narrow(0, 4096, 100000)), n * (n + 1) / 2.0);
  EXPECT_EQ(least(arena), 0) << "beside it";
}

TEST_F(NcclRanks, ScatterSumsAndGatherParts) {
  const auto nccl = connect(unexpected);
  const int n = nccl->size();
  const auto t = nccl->allocate((1 << 18) * n, filled(1, 0).options());
  for (int step = 0; step < 3; ++step) {
    t.fill_(1.0 + nccl->rank());
    nccl->reduce_scatter(t)->wait();
    const auto own = part_of(t, nccl->rank(), n);
    EXPECT_EQ(least(own), n * (n + 1) / 2.0);
    EXPECT_EQ(most(own), n * (n + 1) / 2.0);
    own.fill_(10.0 + nccl->rank());
    nccl->all_gather(t)->wait();
    for (int r = 0; r < n; ++r) {
      EXPECT_EQ(least(part_of(t, r, n)), 10.0 + r);
      EXPECT_EQ(most(part_of(t, r, n)), 10.0 + r);
    }
  }
  nccl->barrier();
}

/// Captures a group and a single collective, joined to the capture's stream.
std::vector<at::Tensor> capture(
    Communicator& ranks, at::cuda::CUDAGraph& graph) {
  std::vector<at::Tensor> tensors;
  const auto options = at::TensorOptions(at::kFloat)
                           .device(c10::kCUDA, c10::cuda::current_device());
  for (std::int64_t n : {1 << 20, 1000, 7}) {
    tensors.push_back(at::zeros({n}, options));
  }
  const auto reduce = [&] {
    for (const auto& t : tensors) {
      t.add_(1);
    }
    const std::array<Reduction, 2> group{
        {{tensors[0]}, {tensors[1], ReduceOp::max}}};
    const auto together = ranks.all_reduce_group(group);
    const auto alone = ranks.all_reduce(tensors[2], ReduceOp::average);
    together->test();
    together->wait();
    alone->wait();
  };
  reduce();  // connects
  graph.capture_begin();
  reduce();
  graph.capture_end();
  return tensors;
}

TEST_F(NcclRanks, RepeatWhatAGraphHasCaptured) {
  const auto nccl = connect(unexpected);
  const auto stream = c10::cuda::getStreamFromPool(false, own().index());
  const c10::cuda::CUDAStreamGuard guard(stream);
  // An event that the watchdog asks after while the capture goes on.
  const auto before = filled(1 << 22, 1);
  nccl->all_reduce(before);
  {
    at::cuda::CUDAGraph graph;
    const auto tensors = capture(*nccl, graph);
    const double n = nccl->size();
    for (int launch = 0; launch < 3; ++launch) {
      for (const auto& t : tensors) {
        t.fill_(nccl->rank());
      }
      graph.replay();
      nccl->watch_stream("a step's graph");
      EXPECT_EQ(least(tensors[0]), n * (n + 1) / 2);
      EXPECT_EQ(most(tensors[1]), n);
      EXPECT_EQ(least(tensors[2]), (n + 1) / 2);
      // Beside the graph collectives go on as before.
      const auto t = filled(100, 1);
      nccl->all_reduce(t)->wait();
      EXPECT_EQ(least(t), n);
    }
  }  // the graph ends before the communicator
  nccl->barrier();
}

TEST_F(NcclRanks, NameTheOneThatDoesNotComeToACollective) {
  if (alone()) {
    return;
  }
  const testing::Absence absence;
  session().set_timeout(2);
  std::promise<std::string> lost;
  const auto nccl = connect([&](const std::string& s) { lost.set_value(s); });
  const auto t = filled(1 << 20, 1);
  nccl->all_reduce(t)->wait();  // connects them
  nccl->barrier();
  if (control().rank() == 0) {
    nccl->all_reduce(t);
    EXPECT_THAT(
        lost.get_future().get(),
        AllOf(
            HasSubstr("s for rank 1"),
            HasSubstr("in an all-reduce of 4194304 bytes")));
    absence.end();
  } else {
    absence.last();
    nccl->all_reduce(t);  // late, so that both can end
  }
  session().set_timeout(60);
  c10::cuda::device_synchronize();
  control().barrier();
}

TEST_F(NcclRanks, NameTheOneThatDoesNotConnect) {
  if (alone()) {
    return;
  }
  const testing::Absence absence;
  session().set_timeout(2);
  control().barrier();
  if (control().rank() == 0) {
    EXPECT_THAT(
        [] { connect(unexpected); },
        ThrowsMessage<PeerLost>(
            AllOf(HasSubstr("s for rank 1"), HasSubstr("connecting NCCL"))));
    absence.end();
  } else {
    control().broadcast("", 0);  // takes NCCL's id, and goes no further
    absence.last();
  }
  session().set_timeout(60);
  control().barrier();
}

}  // namespace
}  // namespace convoy
