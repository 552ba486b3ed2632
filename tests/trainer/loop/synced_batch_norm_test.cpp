#include "nets/layers/synced_batch_norm.h"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/support/thread_ranks.h"

namespace convoy {
namespace {

constexpr std::int64_t kChannels = 5;
constexpr double kMomentum = 0.3;
constexpr double kEpsilon = 1e-3;

/// Values with a seed, far from zero: their variance is easily lost.
at::Tensor values(std::vector<std::int64_t> shape, double offset = 0) {
  at::Tensor result = at::empty(shape, at::kDouble);
  std::uint64_t state =
      88172645463325252ULL + static_cast<std::uint64_t>(shape[0]);
  for (std::int64_t i = 0; i < result.numel(); ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    result.mutable_data_ptr<double>()[i] =
        offset + static_cast<double>(state % 1000) / 500 - 1;
  }
  return result;
}

/// A batch norm after which every output has a weight of its own in the loss.
struct NormInLoss {
  at::Tensor x;
  at::Tensor weights_of_loss;
  at::Tensor weight;
  at::Tensor bias;
  at::Tensor mean = at::zeros({kChannels}, at::kDouble);
  at::Tensor var = at::ones({kChannels}, at::kDouble);

  NormInLoss(at::Tensor batch, at::Tensor loss)
      : x(std::move(batch)),
        weights_of_loss(std::move(loss)),
        weight(values({kChannels}, 1.5)),
        bias(values({kChannels})) {
    for (at::Tensor* leaf : {&x, &weight, &bias}) {
      *leaf = leaf->detach().clone();
      leaf->set_requires_grad(true);
    }
  }
  SyncedBatchNorm norm() {
    return {weight, bias, mean, var, kMomentum, kEpsilon};
  }
  at::Tensor finish(const at::Tensor& y) {
    (y * weights_of_loss).sum().backward();
    return y.detach();
  }
};

void expect_near(const at::Tensor& got, const at::Tensor& want) {
  EXPECT_LE((got - want).abs().max().item<double>(), 1e-10);
}

TEST(SyncedBatchNorm, OfRanksIsThatOfTheirBatchesTogether) {
  const at::Tensor all = values({12, kChannels, 4, 3}, 30);
  const at::Tensor loss = values({12, kChannels, 4, 3});
  NormInLoss whole(all, loss);
  const at::Tensor want = whole.finish(at::batch_norm(
      whole.x,
      whole.weight,
      whole.bias,
      whole.mean,
      whole.var,
      /*training=*/true,
      kMomentum,
      kEpsilon,
      /*cudnn_enabled=*/false));
  const std::vector<std::int64_t> begins{0, 5, 8, 12};
  std::vector<at::Tensor> of_weight(3);
  std::vector<at::Tensor> of_bias(3);
  testing::run_ranks(3, [&](Communicator& ranks, Control&) {
    const auto r = static_cast<std::size_t>(ranks.rank());
    const std::int64_t begin = begins[r];
    const std::int64_t samples = begins[r + 1] - begin;
    NormInLoss own(
        all.narrow(0, begin, samples), loss.narrow(0, begin, samples));
    const SumOverRanks sum = [&](const at::Tensor& tensor) {
      // Some are late, each time.
      std::this_thread::sleep_for(std::chrono::milliseconds(3 * r));
      ranks.all_reduce(tensor)->wait();
    };
    const at::Tensor y = own.finish(synced_batch_norm(own.x, own.norm(), sum));
    expect_near(y, want.narrow(0, begin, samples));
    expect_near(own.x.grad(), whole.x.grad().narrow(0, begin, samples));
    expect_near(own.mean, whole.mean);
    expect_near(own.var, whole.var);
    of_weight[r] = own.weight.grad();
    of_bias[r] = own.bias.grad();
  });
  expect_near(of_weight[0] + of_weight[1] + of_weight[2], whole.weight.grad());
  expect_near(of_bias[0] + of_bias[1] + of_bias[2], whole.bias.grad());
}

TEST(SyncedBatchNorm, KeepsTypeAndMemoryFormat) {
  const at::Tensor x = values({4, kChannels, 4, 4})
                           .to(at::kBFloat16)
                           .contiguous(at::MemoryFormat::ChannelsLast)
                           .requires_grad_(true);
  const auto ones = at::ones({kChannels});
  const at::Tensor y = synced_batch_norm(
      x,
      {ones, ones, at::zeros({kChannels}), at::ones({kChannels})},
      [](const at::Tensor&) {});
  EXPECT_EQ(y.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(y.is_contiguous(at::MemoryFormat::ChannelsLast));
  (y * y * y).sum().backward();
  EXPECT_EQ(x.grad().scalar_type(), at::kBFloat16);
}

}  // namespace
}  // namespace convoy
