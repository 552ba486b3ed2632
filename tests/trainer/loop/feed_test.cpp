#include "trainer/loop/feed.h"

#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include "data/loader/lmdb_dataset.h"
#include "tests/support/small_database.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

constexpr std::int64_t kPx = 16;

class Fed : public ::testing::Test {
 protected:
  LoaderInput input(std::uint64_t ranks, std::uint64_t rank) const {
    return {
        dataset_,
        evaluation_transform(
            {.resize_px = kPx, .crop_px = kPx},
            PixelStyle::torchvision,
            std::make_shared<Normalization>(
                normalization(NormalizeOptions{}, 3))),
        training_source(
            {20, 8, Tail::wrap, 1}, {share_of({0, 8}, ranks, rank)})};
  }
  LoaderOptions options() const {
    LoaderOptions o;
    o.batch_capacity = 8;
    o.sample_values = 3 * kPx * kPx;
    o.end_batch = 3;
    return o;
  }

  const testing::TempDir folder_;
  const LmdbDataset dataset_{
      testing::write_small_database(
          folder_ / "a.lmdb", {.records = 20, .px = kPx}),
      {}};
};

TEST_F(Fed, GivesPicturesLabelsAndKeysOfTheBatch) {
  Loader loader(input(1, 0), options());
  Feed feed(loader, {3, kPx, kPx}, c10::kCPU);
  const TrainingOrder order{20, 8, Tail::wrap, 1};
  for (std::uint64_t step = 0; step < 3; ++step) {
    const auto batch = feed.next();
    ASSERT_TRUE(batch);
    EXPECT_EQ(feed.number(), step);
    EXPECT_EQ(batch->images.sizes(), at::IntArrayRef({8, 3, kPx, kPx}));
    EXPECT_TRUE(batch->images.is_contiguous(at::MemoryFormat::ChannelsLast));
    const auto expected = order.at(step, {0, 8});
    for (std::int64_t i = 0; i < 8; ++i) {
      const auto index = static_cast<std::int64_t>(expected[i].index);
      EXPECT_EQ(batch->samples[i].item<std::int64_t>(), index);
      EXPECT_EQ(batch->labels[i].item<std::int64_t>(), index % 5);
    }
  }
  EXPECT_FALSE(feed.next());
}

TEST_F(Fed, HashesTheGlobalBatchesWhateverTheNumberOfRanks) {
  const auto hash_on = [&](std::uint64_t ranks) {
    std::uint64_t sum = 0;
    for (std::uint64_t rank = 0; rank < ranks; ++rank) {
      Loader loader(input(ranks, rank), options());
      Feed feed(loader, {3, kPx, kPx}, c10::kCPU);
      while (feed.next()) {
      }
      sum += feed.take_samples_hash();
      EXPECT_EQ(feed.take_samples_hash(), 0u) << "taken";
    }
    return sum;
  };
  const std::uint64_t alone = hash_on(1);
  EXPECT_NE(alone, 0u);
  EXPECT_EQ(hash_on(2), alone);
  EXPECT_EQ(hash_on(3), alone);
}

}  // namespace
}  // namespace convoy
