// Batches on their way to the GPU, and figures on their way back.

#include "trainer/loop/feed.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/ones.h>

#include "tests/data/loader/fakes.h"
#include "tests/support/gpu.h"
#include "trainer/loop/readback.h"

namespace convoy {
namespace {

using testing::FakeDataset;
using testing::kSide;
using testing::mixed;
using testing::options_for;
using testing::shuffled;

class GpuFeed : public testing::GpuTest {
 protected:
  /// Work that the GPU takes far longer for than the host needs to ask for it.
  static void keep_busy() {
    const at::Tensor a =
        at::ones({4096, 4096}, at::TensorOptions(at::kFloat).device(device()));
    for (int i = 0; i < 20; ++i) {
      a.matmul(a);
    }
  }

  static LoaderOptions options(std::size_t slots, c10::Device device) {
    LoaderOptions options = options_for(3, slots);
    options.allocate = slot_memory(device);
    options.on_thread_start = [device](int) { set_device(device); };
    return options;
  }
};

TEST_F(GpuFeed, BringsTheCpusBatchesWhileTheGpuIsBehind) {
  const FakeDataset dataset(100);
  const ImageShape shape{3, kSide, kSide};
  for (const std::size_t slots : {2, 4}) {
    const auto& make = slots == 4 ? mixed : shuffled;
    Loader host_loader(make(dataset), options_for(1, 3));
    Feed host(host_loader, shape, at::kCPU);
    Loader loader(make(dataset), options(slots, device()));
    Feed feed(loader, shape, device());
    int batches = 0;
    std::vector<DeviceBatch> kept;
    while (true) {
      keep_busy();
      auto batch = feed.next();
      if (!batch) {
        break;
      }
      EXPECT_TRUE(batch->images.is_cuda());
      kept.push_back(std::move(*batch));
    }
    for (const DeviceBatch& batch : kept) {
      const auto wanted = host.next();
      ASSERT_TRUE(wanted);
      EXPECT_EQ(batch.images.strides(), wanted->images.strides());
      EXPECT_TRUE(at::equal(batch.images.cpu(), wanted->images));
      EXPECT_TRUE(at::equal(batch.labels.cpu(), wanted->labels));
      EXPECT_TRUE(at::equal(batch.samples.cpu(), wanted->samples));
      ASSERT_EQ(batch.is_mixed(), slots == 4);
      if (batch.is_mixed()) {
        EXPECT_TRUE(at::equal(batch.shares.cpu(), wanted->shares));
        EXPECT_TRUE(
            at::equal(batch.second_labels.cpu(), wanted->second_labels));
      }
      ++batches;
    }
    EXPECT_EQ(batches, 12);
    EXPECT_FALSE(host.next());
    EXPECT_EQ(feed.take_samples_hash(), host.take_samples_hash());
  }
}

TEST_F(GpuFeed, MayEndWithCopiesUnderWay) {
  const FakeDataset dataset(100);
  Loader loader(shuffled(dataset), options(3, device()));
  Feed feed(loader, {3, kSide, kSide}, device());
  keep_busy();
  feed.next();
  feed.next();
}

TEST_F(GpuFeed, SlotsArePinned) {
  const auto memory = slot_memory(device())(1 << 20);
  EXPECT_TRUE(at::from_blob(memory.get(), {1 << 20}, at::kByte).is_pinned());
}

using GpuReadback = GpuFeed;

at::Tensor figures(double first, c10::Device device) {
  return at::arange(
      first,
      first + Readback::kFigures,
      at::TensorOptions(at::kDouble).device(device));
}

TEST_F(GpuReadback, GivesEachStepsFiguresOneStepLate) {
  Readback readback(device());
  std::vector<StepFigures> seen;
  for (int step = 0; step < 5; ++step) {
    keep_busy();
    const auto due = readback.push(step, figures(100 * step, device()));
    EXPECT_EQ(due.size(), step == 0 ? 0u : 1u);
    seen.insert(seen.end(), due.begin(), due.end());
  }
  for (const StepFigures& due : readback.flush()) {
    seen.push_back(due);
  }
  ASSERT_EQ(seen.size(), 5u);
  for (int step = 0; step < 5; ++step) {
    EXPECT_EQ(seen[step].step, step);
    EXPECT_EQ(seen[step].loss, 100 * step);
    EXPECT_EQ(seen[step].gradient_norm, 100 * step + 5);
    EXPECT_EQ(seen[step].own_loss, 100 * step + 7);
  }
  EXPECT_TRUE(readback.flush().empty());
}

}  // namespace
}  // namespace convoy
