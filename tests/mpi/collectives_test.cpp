// What the MPI back end promises, on however many ranks mpirun has started.

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "distributed/communicator.h"
#include "distributed/errors.h"
#include "distributed/mpi/direct_exchange.h"
#include "distributed/replicate.h"
#include "distributed/shm/communicator.h"
#include "distributed/world.h"
#include "tests/mpi/session.h"

namespace convoy {
namespace {

using testing::session;

TEST(MpiControl, GathersBytesOfDifferentLengthByRank) {
  Control& control = session().control();
  const auto all = control.all_gather(
      std::string(static_cast<std::size_t>(control.rank()) * 3, 'x'));
  ASSERT_EQ(static_cast<int>(all.size()), control.size());
  for (int r = 0; r < control.size(); ++r) {
    EXPECT_EQ(all[r], std::string(static_cast<std::size_t>(r) * 3, 'x'));
  }
}

TEST(MpiControl, BroadcastsFromAnyRoot) {
  Control& control = session().control();
  for (int root = 0; root < control.size(); ++root) {
    const std::string mine = "from " + std::to_string(control.rank());
    EXPECT_EQ(control.broadcast(mine, root), "from " + std::to_string(root));
  }
}

TEST(MpiControl, ReducesNumbers) {
  Control& control = session().control();
  const int n = control.size();
  std::vector<std::int64_t> counts{control.rank(), 1};
  control.all_reduce(std::span(counts));
  EXPECT_EQ(counts, (std::vector<std::int64_t>{n * (n - 1) / 2, n}));
  std::vector<double> slowest{static_cast<double>(control.rank())};
  control.all_reduce(std::span(slowest), ReduceOp::max);
  EXPECT_EQ(slowest[0], n - 1);
}

TEST(MpiControl, SplitsIntoGroups) {
  Control& control = session().control();
  const auto half = control.split(control.rank() % 2);
  const int expected = (control.size() + 1 - control.rank() % 2) / 2;
  EXPECT_EQ(half->size(), expected);
  EXPECT_EQ(half->rank(), control.rank() / 2);
}

/// What carries tensors in host memory.
struct HostBackend {
  const char* name;
  int hosts;  ///< that ranks are taken to be on; 0: MPI alone; -1: directly
};

/// Groups of this host's ranks as though they were on several.
struct Carrier {
  std::unique_ptr<Control> host;
  std::unique_ptr<Communicator> ranks;
};

/// With shared memory, as World makes it.
Carrier make_shm_carrier(int hosts) {
  Control& world = session().control();
  hosts = std::min(hosts, world.size());
  const int places =
      world.size() / hosts;  // of the smallest: the first have more
  const int here = world.rank() % hosts;
  const int place = world.rank() / hosts;
  Carrier carrier{world.split(here), nullptr};
  std::unique_ptr<Communicator> peers;
  if (hosts > 1) {
    const auto group = world.split(std::min(place, places));
    if (place < places) {
      peers = make_direct_exchange(session(), *group);
    }
  }
  std::string problem;
  carrier.ranks = make_shm_communicator(
      {.world = world,
       .host = *carrier.host,
       .plain = session().host_communicator(world),
       .peers = std::move(peers),
       .places = places},
      {.waiting = session().waiting(), .crowded = true},
      problem);
  EXPECT_NE(carrier.ranks, nullptr) << problem;
  return carrier;
}

class HostCommunicator : public ::testing::TestWithParam<HostBackend> {
 protected:
  HostCommunicator()
      : carrier_(
            GetParam().hosts < 0
                ? Carrier{nullptr, make_direct_exchange(session(), session().control())}
            : GetParam().hosts == 0
                ? Carrier{nullptr, session().host_communicator(session().control())}
                : make_shm_carrier(GetParam().hosts)) {}

  Communicator& ranks() { return *carrier_.ranks; }

 private:
  Carrier carrier_;
};

TEST_P(HostCommunicator, SumsTensorsOfEverySize) {
  const int n = ranks().size();
  for (const std::int64_t size :
       {std::int64_t{1},
        std::int64_t{1000},
        std::int64_t{20000},
        std::int64_t{(3 << 18) + 5}}) {
    const auto t = at::arange(size, at::kDouble);
    t.mul_(ranks().rank() + 1);
    ranks().all_reduce(t)->wait();
    EXPECT_TRUE(
        at::equal(t, at::arange(size, at::kDouble).mul(n * (n + 1) / 2)));
  }
}

TEST_P(HostCommunicator, SumsItsOwnMemoryInPlace) {
  const int n = ranks().size();
  for (const std::int64_t size : {40, 30000, (1 << 20) + 3}) {
    const auto t = ranks().allocate(size, at::kFloat);
    const void* place = t.const_data_ptr();
    for (int step = 1; step <= 3; ++step) {
      t.copy_(at::arange(size, at::kFloat).remainder(1000).mul(step));
      ranks().all_reduce(t)->wait();
      EXPECT_TRUE(at::equal(
          t, at::arange(size, at::kFloat).remainder(1000).mul(step * n)));
      EXPECT_EQ(t.const_data_ptr(), place);
    }
  }
}

TEST_P(HostCommunicator, KeepsSeveralReductionsInFlight) {
  std::vector<at::Tensor> tensors;
  std::vector<std::unique_ptr<Work>> works;
  for (int i = 0; i < 10; ++i) {
    tensors.push_back(at::full({100000 * (i + 1)}, 1.0f * i));
    works.push_back(ranks().all_reduce(tensors.back()));
  }
  for (int i = 9; i >= 0; --i) {
    works[i]->wait();
    EXPECT_EQ(tensors[i][-1].item<float>(), 1.0f * i * ranks().size());
  }
}

TEST_P(HostCommunicator, GivesEveryRankTheSameBits) {
  // Values whose sum depends on the order of addition.
  const auto t = at::arange(300000, at::kFloat)
                     .add(1 + ranks().rank())
                     .rsqrt()
                     .mul(std::pow(10.0, ranks().rank()));
  ranks().all_reduce(t)->wait();
  EXPECT_NO_THROW(require_equal_replicas(
      hash_state({t}),
      session().control(),
      std::vector<std::string>(ranks().size(), "host")));
}

TEST_P(HostCommunicator, AveragesWithTheBitsOfASumTimesAFactor) {
  const auto values =
      at::arange(1000, at::kFloat).add(1 + ranks().rank()).rsqrt();
  const auto average = values.clone();
  ranks().all_reduce(average, ReduceOp::average)->wait();
  const auto sum = values.clone();
  ranks().all_reduce(sum)->wait();
  EXPECT_TRUE(at::equal(average, sum.mul(1.0 / ranks().size())));
}

TEST_P(HostCommunicator, ReducesAGroupAsEachAlone) {
  const auto a = at::full({1000}, 1.0f + ranks().rank());
  const auto b = at::full({3}, 2.0f * ranks().rank());
  const std::array<Reduction, 2> group{{{a}, {b, ReduceOp::max}}};
  const auto work = ranks().all_reduce_group(group);
  work->test();
  work->wait();
  const int n = ranks().size();
  EXPECT_TRUE(at::equal(a, at::full({1000}, n * (n + 1) / 2.0f)));
  EXPECT_TRUE(at::equal(b, at::full({3}, 2.0f * (n - 1))));
}

TEST_P(HostCommunicator, ScattersSumsAndGathersParts) {
  const int n = ranks().size();
  const int me = ranks().rank();
  // Parts that end at the cache lines at which slices are cut, and that do not.
  for (const std::int64_t part : {16, 100, 300000}) {
    const auto own = ranks().allocate(part * n, at::kFloat);
    const auto elsewhere = at::zeros({part * n}, at::kFloat);
    for (const at::Tensor& t : {own, elsewhere}) {
      t.copy_(at::arange(part * n).add(me));
      ranks().reduce_scatter(t)->wait();
      const auto mine = part_of(t, me, n);
      const auto want = at::arange(part * n, at::kFloat)
                            .narrow(0, me * part, part)
                            .mul(n)
                            .add(n * (n - 1) / 2);
      ASSERT_TRUE(at::equal(mine, want)) << part;
      mine.fill_(me + 1);
      ranks().all_gather(t)->wait();
      for (int r = 0; r < n; ++r) {
        ASSERT_TRUE(part_of(t, r, n).eq(r + 1).all().item<bool>())
            << part << " of rank " << r;
      }
    }
  }
}

TEST_P(HostCommunicator, ReducesDenseTensorsOfAnyStrides) {
  const auto t =
      at::full({2, 3, 4, 4}, 2.0f).contiguous(at::MemoryFormat::ChannelsLast);
  ranks().all_reduce(t)->wait();
  EXPECT_TRUE(at::equal(t, at::full({2, 3, 4, 4}, 2.0f * ranks().size())));
}

TEST_P(HostCommunicator, BroadcastsFromAnyRoot) {
  for (int root = 0; root < ranks().size(); ++root) {
    const auto t = at::full({70000}, 1.0 * ranks().rank());
    ranks().broadcast(t, root);
    EXPECT_TRUE(t.eq(root).all().item<bool>());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Backends,
    HostCommunicator,
    ::testing::Values(
        HostBackend{"mpi", 0},
        HostBackend{"direct", -1},
        HostBackend{"shm_on_one_host", 1},
        HostBackend{"shm_on_two_hosts", 2},
        HostBackend{"shm_on_hosts_of_one_rank", 4}),
    [](const auto& it) { return it.param.name; });

TEST(MpiCommunicator, NamesWhatItWaitedForWhenTheDeadlinePasses) {
  Control& control = session().control();
  if (control.size() == 1) {
    return;  // nobody to wait for
  }
  // Rank 0 alone enters the reduction; the others join after its deadline.
  const auto ranks = session().host_communicator(control);
  const auto t = at::full({10}, 1.0f);
  session().set_timeout(0.2);
  std::unique_ptr<Work> early;
  if (control.rank() == 0) {
    early = ranks->all_reduce(t);
    EXPECT_THROW(early->wait(), PeerLost);
  }
  session().set_timeout(60);
  control.barrier();
  if (control.rank() != 0) {
    ranks->all_reduce(t)->wait();
  } else {
    while (!early->test()) {
    }
  }
}

TEST(World, KnowsItsHostsRanksAndCpus) {
  World world(session(), {.device = DeviceChoice::cpu, .timeout_s = 60});
  EXPECT_EQ(world.local_size(), world.size());
  EXPECT_EQ(world.local_rank(), world.rank());
  EXPECT_FALSE(world.cpus().empty());
  EXPECT_EQ(world.backend_name(), "shm");
  world.gradients().barrier();
}

TEST(World, MakesSmallerWorldsOfTheFirstRanks) {
  World world(session(), {.device = DeviceChoice::cpu, .timeout_s = 60});
  World one(session(), world, 1);
  EXPECT_EQ(one.contains(), world.rank() == 0);
  if (one.contains()) {
    EXPECT_EQ(one.size(), 1);
    const auto t = at::full({3}, 5.0f);
    one.gradients().all_reduce(t)->wait();
    EXPECT_EQ(t[0].item<float>(), 5.0f);
  }
}

}  // namespace
}  // namespace convoy
