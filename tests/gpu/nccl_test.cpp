// The NCCL back end: ranks as threads of this process, one GPU each, on 1 to
// all GPUs of the machine.

#include "distributed/nccl/communicator.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <array>

#include "distributed/replicate.h"
#include "tests/support/gpu.h"
#include "tests/support/thread_ranks.h"

namespace convoy {
namespace {

NcclOptions a_minute() {
  Waiting waiting{.timeout_s = 60};
  return {
      .waiting = std::make_shared<Waiting>(waiting),
      .lost = [](const std::string& sentence) { FAIL() << sentence; }};
}

using Body = std::function<void(Communicator&, c10::Device)>;

/// `body` on each rank of a group of `size`, with rank r on GPU r.
void run_on_gpus(int size, const Body& body) {
  testing::run_ranks(size, [&](Communicator& host, Control& control) {
    const c10::Device device(
        c10::kCUDA, static_cast<c10::DeviceIndex>(host.rank()));
    set_device(device);
    const auto nccl = make_nccl_communicator(control, device, a_minute());
    body(*nccl, device);
    nccl->barrier();
  });
}

class Nccl : public testing::GpuTest {
 protected:
  static void on_every_size(const Body& body) {
    for (int size = 1; size <= testing::gpu_count(); ++size) {
      run_on_gpus(size, body);
    }
  }
};

TEST_F(Nccl, ReducesEveryTypeByValue) {
  on_every_size([](Communicator& ranks, c10::Device device) {
    const int n = ranks.size();
    // Whole numbers that bf16 holds exactly.
    for (const auto type :
         {at::kFloat, at::kDouble, at::kBFloat16, at::kHalf, at::kLong}) {
      const auto values =
          at::arange(16, at::TensorOptions(type).device(device));
      const auto sum = values + ranks.rank();
      ranks.all_reduce(sum)->wait();
      EXPECT_TRUE(at::equal(sum, values * n + n * (n - 1) / 2)) << type;
      const auto most = values + ranks.rank();
      ranks.all_reduce(most, ReduceOp::max)->wait();
      EXPECT_TRUE(at::equal(most, values + n - 1)) << type;
      const auto least = values + ranks.rank();
      ranks.all_reduce(least, ReduceOp::min)->wait();
      EXPECT_TRUE(at::equal(least, values)) << type;
    }
  });
}

TEST_F(Nccl, BroadcastsAnyBytesFromAnyRoot) {
  on_every_size([](Communicator& ranks, c10::Device device) {
    for (int root = 0; root < ranks.size(); ++root) {
      for (const auto type : {at::kFloat, at::kLong, at::kBool}) {
        const auto t = at::full(
            {1001},
            static_cast<double>(ranks.rank() == root),
            at::TensorOptions(type).device(device));
        ranks.broadcast(t, root);
        EXPECT_TRUE(at::equal(t, at::ones_like(t))) << type;
      }
    }
  });
}

TEST_F(Nccl, WaitsForTheTensorAndTheStreamWaitsForIt) {
  on_every_size([](Communicator& ranks, c10::Device device) {
    const auto gpu = at::TensorOptions(at::kFloat).device(device);
    const auto a = at::full({2048, 2048}, 1.0 / 2048, gpu);
    std::vector<at::Tensor> results;
    std::vector<std::unique_ptr<Work>> works;
    for (int i = 0; i < 20; ++i) {
      auto product = a;
      for (int k = 0; k < 5; ++k) {
        product = product.matmul(a);  // the host is long past this
      }
      // Temporary memory that is free again for the stream at once.
      auto sum = (product * (i + 1)).clone();
      works.push_back(ranks.all_reduce(sum));
      results.push_back(sum);
    }
    for (auto& work : works) {
      work->wait();
    }
    for (int i = 0; i < 20; ++i) {
      const float wanted = static_cast<float>((i + 1) * ranks.size()) / 2048.0f;
      EXPECT_NEAR(results[i].min().item<float>(), wanted, 1e-5f * wanted);
      EXPECT_NEAR(results[i].max().item<float>(), wanted, 1e-5f * wanted);
    }
  });
}

TEST_F(Nccl, KeepsMemoryUntilItIsDoneWithIt) {
  on_every_size([](Communicator& ranks, c10::Device device) {
    const auto gpu = at::TensorOptions(at::kFloat).device(device);
    const auto kept = at::ones({1 << 22}, gpu);
    for (int i = 0; i < 50; ++i) {
      // Reduced and dropped without a wait; the next tensor may want its place.
      ranks.all_reduce(at::full({1 << 22}, 7.0, gpu));
      const auto other = at::full({1 << 22}, 1.0, gpu);
      EXPECT_TRUE(at::equal(other, kept));
    }
  });
}

TEST_F(Nccl, GivesEveryRankTheSameBits) {
  const int n = testing::gpu_count();
  testing::run_ranks(n, [](Communicator& host, Control& control) {
    const c10::Device device(
        c10::kCUDA, static_cast<c10::DeviceIndex>(host.rank()));
    set_device(device);
    const auto nccl = make_nccl_communicator(control, device, a_minute());
    const auto t = at::arange(3000000, at::TensorOptions(device))
                       .add(1 + host.rank())
                       .rsqrt();
    nccl->all_reduce(t)->wait();
    EXPECT_NO_THROW(require_equal_replicas(
        hash_state({t}),
        control,
        std::vector<std::string>(host.size(), "host")));
    nccl->barrier();
  });
}

TEST_F(Nccl, ReducesDenseTensorsOfAnyStridesAndRefusesOthers) {
  on_every_size([](Communicator& ranks, c10::Device device) {
    const auto t = at::full({2, 3, 4, 4}, 2.0, at::TensorOptions(device))
                       .contiguous(at::MemoryFormat::ChannelsLast);
    ranks.all_reduce(t)->wait();
    EXPECT_TRUE(at::equal(t, at::full_like(t, 2.0 * ranks.size())));
    EXPECT_THROW(ranks.all_reduce(t.select(1, 0)), std::logic_error);
    EXPECT_THROW(ranks.all_reduce(at::ones({3})), std::logic_error);
  });
}

TEST_F(Nccl, AveragesInOnePass) {
  on_every_size([](Communicator& ranks, c10::Device device) {
    const int n = ranks.size();
    const auto values =
        at::arange(16, at::TensorOptions(at::kFloat).device(device));
    const auto average = values + ranks.rank();
    ranks.all_reduce(average, ReduceOp::average)->wait();
    // A factor of 1 / ranks is rounded before the sum.
    EXPECT_TRUE(at::allclose(average, values + (n - 1) / 2.0, 1e-6, 1e-6));
  });
}

TEST_F(Nccl, ReducesAGroupAsEachAlone) {
  on_every_size([](Communicator& ranks, c10::Device device) {
    const int n = ranks.size();
    const auto gpu = at::TensorOptions(at::kFloat).device(device);
    for (int step = 0; step < 3; ++step) {
      const std::array<Reduction, 3> group{
          {{at::full({1 << 20}, 1.0 + ranks.rank(), gpu)},
           {at::full({5}, ranks.rank(), gpu), ReduceOp::max},
           {at::full({3}, 0.5, gpu.dtype(at::kDouble))}}};
      ranks.all_reduce_group(group)->wait();
      const double sum = n * (n + 1) / 2.0;
      EXPECT_TRUE(at::equal(group[0].tensor, at::full({1 << 20}, sum, gpu)));
      EXPECT_TRUE(at::equal(group[1].tensor, at::full({5}, n - 1, gpu)));
      EXPECT_TRUE(at::equal(
          group[2].tensor, at::full({3}, 0.5 * n, gpu.dtype(at::kDouble))));
    }
  });
}

TEST_F(Nccl, AllocatesMemoryThatOutlivesIt) {
  on_every_size([](Communicator& ranks, c10::Device device) {
    const auto gpu = at::TensorOptions(at::kFloat).device(device);
    const auto arena = ranks.allocate(1 << 20, gpu);
    EXPECT_EQ(arena.device(), device);
    EXPECT_TRUE(at::equal(arena, at::zeros({1 << 20}, gpu)));
    const auto part = arena.narrow(0, 1000, 5000).fill_(1.0 + ranks.rank());
    ranks.all_reduce(part)->wait();
    const int n = ranks.size();
    EXPECT_TRUE(at::equal(part, at::full({5000}, n * (n + 1) / 2.0, gpu)));
    EXPECT_EQ(arena.sum().item<float>(), 5000 * (n * (n + 1) / 2.0f));
  });
  for (int size = 1; size <= testing::gpu_count(); ++size) {
    std::vector<at::Tensor> kept(static_cast<std::size_t>(size));
    run_on_gpus(size, [&](Communicator& ranks, c10::Device device) {
      const auto arena =
          ranks.allocate(100, at::TensorOptions(at::kFloat).device(device));
      ranks.all_reduce(arena.fill_(1))->wait();
      kept[static_cast<std::size_t>(ranks.rank())] = arena;
    });
    for (const auto& arena : kept) {
      EXPECT_TRUE(at::equal(arena.cpu(), at::full({100}, 1.0f * size)));
    }
  }
}

TEST_F(Nccl, IsTheVersionThatWasBuiltFor) {
  EXPECT_GE(nccl_version(), 21900);
}

}  // namespace
}  // namespace convoy
