// Ranks and GPUs as mpirun starts them: NCCL with a GPU each, MPI through host
// memory when they share one.

#include "distributed/world.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <gmock/gmock.h>

#include "distributed/errors.h"
#include "tests/mpi/session.h"
#include "tests/support/gpu.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using testing::session;
using ::testing::ThrowsMessage;

class GpuWorld : public testing::GpuTest {
 protected:
  static int ranks() { return session().control().size(); }

  /// All-reduce and broadcast by value.
  static void exercise(World& world) {
    const auto values =
        at::arange(1000, at::TensorOptions(at::kFloat).device(world.device()));
    const auto sum = values + world.rank();
    world.gradients().all_reduce(sum)->wait();
    const int n = world.size();
    EXPECT_TRUE(at::equal(sum, values * n + n * (n - 1) / 2));
    for (int root = 0; root < n; ++root) {
      const auto t = at::full({5}, world.rank(), values.options());
      world.gradients().broadcast(t, root);
      EXPECT_TRUE(at::equal(t, at::full({5}, root, values.options())));
    }
    world.gradients().barrier();
  }
};

TEST_F(GpuWorld, GivesEachRankAGpuAndNccl) {
  if (testing::gpu_count() < ranks()) {
    GTEST_SKIP() << "fewer than " << ranks() << " GPUs";
  }
  World world(session(), {.timeout_s = 60});
  EXPECT_TRUE(world.device().is_cuda());
  EXPECT_EQ(world.backend_name(), "nccl");
  exercise(world);
  World one(session(), world, 1);
  if (one.contains()) {
    exercise(one);
  }
  world.gradients().barrier();
}

TEST_F(GpuWorld, RefusesToShareAGpuUnlessMpiCarriesTheGradients) {
  if (testing::gpu_count() < ranks()) {
    EXPECT_THAT(
        [] { World(session(), {.timeout_s = 60}); },
        ThrowsMessage<Disagreement>(HasSubstr("would share GPU-")));
  }
  World world(session(), {.backend = Backend::mpi, .timeout_s = 60});
  EXPECT_TRUE(world.device().is_cuda());
  EXPECT_EQ(world.backend_name(), "mpi");
  exercise(world);
}

}  // namespace
}  // namespace convoy
