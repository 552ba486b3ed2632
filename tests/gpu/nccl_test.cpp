// The NCCL back end: ranks as threads of this process, one GPU each, on 1 to
// all GPUs of the machine.

#include "distributed/nccl/communicator.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/ones_like.h>
#include <gmock/gmock.h>

#include <future>

#include "distributed/replicate.h"
#include "tests/support/gpu.h"
#include "tests/support/thread_ranks.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;

void unexpected(const std::string& sentence) {
  FAIL() << sentence;
}

using Body = std::function<void(Communicator&, c10::Device)>;

/// `body` on each rank of a group of `size`, with rank r on GPU r.
void run_on_gpus(int size, const Body& body) {
  testing::run_ranks(size, [&](Communicator& host, Control& control) {
    const c10::Device device(
        c10::kCUDA, static_cast<c10::DeviceIndex>(host.rank()));
    set_device(device);
    const auto nccl = make_nccl_communicator(
        control, device, {.timeout_s = 60, .lost = unexpected});
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
    const auto nccl = make_nccl_communicator(
        control, device, {.timeout_s = 60, .lost = unexpected});
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

TEST_F(Nccl, SaysWhenAPeerDoesNotComeToACollective) {
  if (testing::gpu_count() < 2) {
    GTEST_SKIP() << "fewer than 2 GPUs";
  }
  testing::run_ranks(2, [](Communicator& host, Control& control) {
    const c10::Device device(
        c10::kCUDA, static_cast<c10::DeviceIndex>(host.rank()));
    set_device(device);
    std::promise<std::string> lost;
    const auto nccl = make_nccl_communicator(
        control, device, {.timeout_s = 2, .lost = [&](const std::string& s) {
                            lost.set_value(s);
                          }});
    const auto t = at::ones({1 << 20}, at::TensorOptions(device));
    nccl->all_reduce(t)->wait();  // connects them
    nccl->barrier();
    if (host.rank() == 0) {
      nccl->all_reduce(t);
      EXPECT_THAT(
          lost.get_future().get(), HasSubstr("in all-reduce of 4194304 bytes"));
    }
    control.barrier();  // the end aborts what hangs
  });
}

TEST_F(Nccl, IsTheVersionThatWasBuiltFor) {
  EXPECT_GE(nccl_version(), 21800);
}

}  // namespace
}  // namespace convoy
