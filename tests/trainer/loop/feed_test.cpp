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
  /// The same samples, mixed.
  LoaderInput mixed(
      std::uint64_t ranks, std::uint64_t rank, double alpha) const {
    AugmentOptions augment;
    augment.mixup_alpha = alpha;
    LoaderInput result = input(ranks, rank);
    result.mixing.emplace(Mixing{
        Mixer(augment, {kPx, 3}, 1), partner_source({20, 8, Tail::wrap, 1})});
    return result;
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

TEST_F(Fed, GivesTheSecondLabelsAndSharesOfMixedSamples) {
  Loader plain(input(1, 0), options());
  Feed unmixed(plain, {3, kPx, kPx}, c10::kCPU);
  EXPECT_FALSE(unmixed.next()->is_mixed());

  const LoaderInput with_mixing = mixed(1, 0, 1);
  Loader loader(with_mixing, options());
  Feed feed(loader, {3, kPx, kPx}, c10::kCPU);
  const auto batch = feed.next();
  ASSERT_TRUE(batch->is_mixed());
  const auto half = batch->narrow(4, 4);
  EXPECT_TRUE(at::equal(half.shares, batch->shares.narrow(0, 4, 4)));
  for (std::int64_t i = 0; i < 8; ++i) {
    const auto index = batch->samples[i].item<std::int64_t>();
    const SampleRef ref{static_cast<std::uint64_t>(index), 0};
    const MixPlan plan = with_mixing.mixing->mixer.draw(0, ref.id());
    const auto partner = with_mixing.mixing->partner(ref).index;
    std::int64_t labels[2] = {
        index % 5, static_cast<std::int64_t>(partner % 5)};
    if (plan.share < 0.5) {
      std::swap(labels[0], labels[1]);
    }
    EXPECT_EQ(batch->labels[i].item<std::int64_t>(), labels[0]);
    EXPECT_EQ(batch->second_labels[i].item<std::int64_t>(), labels[1]);
    EXPECT_NEAR(
        batch->shares[i].item<double>(),
        std::max(plan.share, 1 - plan.share),
        1e-6);
  }
}

TEST_F(Fed, HashesHowSamplesAreMixedWhateverTheNumberOfRanks) {
  const auto hash_on = [&](std::uint64_t ranks, double alpha) {
    std::uint64_t sum = 0;
    for (std::uint64_t rank = 0; rank < ranks; ++rank) {
      Loader loader(mixed(ranks, rank, alpha), options());
      Feed feed(loader, {3, kPx, kPx}, c10::kCPU);
      while (feed.next()) {
      }
      sum += feed.take_samples_hash();
    }
    return sum;
  };
  const std::uint64_t alone = hash_on(1, 1);
  EXPECT_EQ(hash_on(2, 1), alone);
  EXPECT_EQ(hash_on(3, 1), alone);
  EXPECT_NE(hash_on(1, 0.5), alone);
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
