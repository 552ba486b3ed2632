#include "trainer/health/tensor_memory.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <c10/core/Allocator.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace convoy {
namespace {

/// Each in a process of its own, since the allocator is there to stay.
class TensorMemory : public ::testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

void require(bool holds, const char* what) {
  if (!holds) {
    std::fprintf(stderr, "not so: %s\n", what);
    std::exit(1);
  }
}

[[noreturn]] void reuse() {
  const at::Tensor earlier = at::full({1 << 20}, 3.0);
  keep_tensor_memory();
  const void* place = nullptr;
  for (int step = 0; step < 3; ++step) {
    const at::Tensor t = at::full({3 << 20}, step);
    require(place == nullptr || place == t.const_data_ptr(), "the same place");
    place = t.const_data_ptr();
    at::Tensor grown = at::arange(1 << 16);
    grown.resize_({1 << 18});
    require(grown[65535].item<int>() == 65535, "resizing keeps values");
    require(t.eq(step).all().item<bool>(), "nobody else writes there");
  }
  c10::Allocator& allocator = *c10::GetAllocator(at::kCPU);
  for (const std::size_t bytes : {0, 10, 1 << 20}) {
    allocator.raw_deallocate(allocator.raw_allocate(bytes));
  }
  require(earlier.eq(3).all().item<bool>(), "what was there before stays");
  std::exit(0);
}

[[noreturn]] void share_between_threads() {
  keep_tensor_memory();
  std::vector<std::thread> threads;
  for (int k = 0; k < 4; ++k) {
    threads.emplace_back([k] {
      std::vector<at::Tensor> kept(8);
      for (int i = 0; i < 2000; ++i) {
        const std::int64_t size = 16384 + 1000 * ((i * 7 + k) % 50);
        at::Tensor& old = kept[static_cast<std::size_t>(i) % kept.size()];
        require(
            !old.defined() || old.eq(k).all().item<bool>(),
            "a thread finds what it wrote");
        old = at::full({size}, k, at::kFloat);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::exit(0);
}

[[noreturn]] void run_out_under_a_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = std::size_t{64} << 30;
  setrlimit(RLIMIT_AS, &limit);
  keep_tensor_memory();
  try {
    at::empty({std::int64_t{100} << 30}, at::kByte);
  } catch (const std::exception& e) {
    std::fputs(e.what(), stderr);
    std::exit(2);
  }
  std::exit(0);
}

TEST_F(TensorMemory, IsFoundAgainByWhatHasTheSameSize) {
  EXPECT_EXIT(reuse(), ::testing::ExitedWithCode(0), "");
}

TEST_F(TensorMemory, IsSharedByThreads) {
  EXPECT_EXIT(share_between_threads(), ::testing::ExitedWithCode(0), "");
}

TEST_F(TensorMemory, RunsOutInLibTorchsWords) {
  EXPECT_EXIT(
      run_out_under_a_limit(),
      ::testing::ExitedWithCode(2),
      "can't allocate memory");
}

}  // namespace
}  // namespace convoy
