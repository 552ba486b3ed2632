// Gradients in buckets on GPUs, reduced while backward runs, against the CPU.

#include "distributed/reducer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "distributed/nccl/communicator.h"
#include "tests/support/gpu.h"
#include "tests/support/thread_ranks.h"

namespace convoy {
namespace {

class GpuReducer : public testing::GpuTest {};

struct Result {
  std::vector<at::Tensor> gradients;
  at::Tensor statistics;
  at::Tensor sums;
};

/// Three steps of a small chain of convolutions on whole numbers, which every
/// device adds up exactly.
Result reduce(Communicator& ranks, c10::Device device) {
  const auto options = at::TensorOptions(at::kFloat).device(device);
  std::vector<NamedParameter> parameters;
  for (int i = 0; i < 6; ++i) {
    parameters.push_back(
        {"w" + std::to_string(i),
         at::ones({4, 4, 1, 1}, options)
             .contiguous(at::MemoryFormat::ChannelsLast)
             .requires_grad_()});
  }
  auto statistics = at::zeros({3}, options);
  Reducer reducer(
      parameters,
      {statistics},
      ranks,
      {.bucket_mb = 1e-4, .first_bucket_mb = 1e-5});
  at::Tensor sums;
  for (int step = 0; step < 3; ++step) {
    reducer.zero_grad();
    for (int micro = 0; micro < 2; ++micro) {
      reducer.begin_backward(micro == 1);
      auto x = at::full({2, 4, 8, 8}, 1.0 + ranks.rank(), options);
      for (const auto& [name, w] : parameters) {
        x = at::conv2d(x, w);
      }
      x.sum().backward();
    }
    statistics.fill_(2.0 * ranks.rank());
    sums = at::full({2}, 0.5, options.dtype(at::kDouble));
    reducer.finish(sums);
  }
  Result result{{}, statistics.cpu(), sums.cpu()};
  for (const auto& [name, w] : parameters) {
    EXPECT_EQ(w.grad().strides(), w.strides());
    result.gradients.push_back(w.grad().cpu());
  }
  return result;
}

TEST_F(GpuReducer, EqualsTheCpusOnEveryNumberOfRanks) {
  for (int size = 1; size <= testing::gpu_count(); ++size) {
    testing::run_ranks(size, [](Communicator& host, Control& control) {
      const Result cpu = reduce(host, at::kCPU);
      const c10::Device device(
          c10::kCUDA, static_cast<c10::DeviceIndex>(host.rank()));
      set_device(device);
      const auto nccl = make_nccl_communicator(
          control,
          device,
          {.waiting = std::make_shared<Waiting>(Waiting{.timeout_s = 60}),
           .lost = [](const std::string& s) { FAIL() << s; }});
      const Result gpu = reduce(*nccl, device);
      ASSERT_EQ(gpu.gradients.size(), cpu.gradients.size());
      for (std::size_t i = 0; i < cpu.gradients.size(); ++i) {
        EXPECT_TRUE(at::equal(gpu.gradients[i], cpu.gradients[i])) << i;
      }
      // NCCL multiplies by 1 / ranks before it adds, the CPU afterwards.
      EXPECT_TRUE(at::allclose(gpu.statistics, cpu.statistics, 1e-6, 0));
      EXPECT_TRUE(at::equal(gpu.sums, cpu.sums));
      nccl->barrier();
    });
  }
}

}  // namespace
}  // namespace convoy
