// Samples that a loader mixes with others.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/data/loader/fakes.h"

namespace convoy {
namespace {

using testing::Delivered;
using testing::drain;
using testing::FakeDataset;
using testing::full_augmentation;
using testing::kValues;
using testing::mixed;
using testing::options_for;
using testing::shuffled;
using testing::shuffled_order;

std::vector<Delivered> mixed_batches(const Dataset& dataset) {
  Loader loader(mixed(dataset), options_for(1, 1));
  return drain(loader);
}

TEST(LoaderMix, GivesTheSameBitsForAnyWorkersAndSlots) {
  const FakeDataset dataset(30);
  const auto expected = mixed_batches(dataset);
  for (int workers : {2, 5}) {
    for (std::size_t ring : {1, 4}) {
      Loader loader(mixed(dataset), options_for(workers, ring));
      EXPECT_TRUE(drain(loader) == expected) << workers << " " << ring;
    }
  }
}

TEST(LoaderMix, JumpsToABatchInsteadOfReplaying) {
  const FakeDataset dataset(30);
  const auto expected = mixed_batches(dataset);
  LoaderOptions options = options_for(2, 3);
  options.first_batch = 6;
  Loader loader(mixed(dataset), options);
  EXPECT_TRUE(
      drain(loader) ==
      std::vector<Delivered>(expected.begin() + 6, expected.end()));
}

TEST(LoaderMix, GivesTheSameGlobalBatchOnAnyWorldSize) {
  const FakeDataset dataset(30);
  const auto whole = mixed_batches(dataset);
  for (std::uint64_t ranks : {2, 3}) {
    std::vector<Delivered> together(whole.size());
    for (std::uint64_t rank = 0; rank < ranks; ++rank) {
      LoaderInput input = mixed(dataset);
      input.source = training_source(
          shuffled_order(dataset), {share_of({0, 8}, ranks, rank)});
      Loader loader(std::move(input), options_for(2, 2));
      for (const Delivered& part : drain(loader)) {
        Delivered& all = together[part.number];
        all.number = part.number;
        const auto append = [](auto& to, const auto& from) {
          to.insert(to.end(), from.begin(), from.end());
        };
        append(all.images, part.images);
        append(all.labels, part.labels);
        append(all.ids, part.ids);
        append(all.second_labels, part.second_labels);
        append(all.shares, part.shares);
      }
    }
    EXPECT_TRUE(together == whole) << ranks;
  }
}

/// The augmented picture of a sample by itself.
std::vector<float> alone(const Dataset& dataset, const SampleRef& ref) {
  Sample sample;
  dataset.read(ref.index, sample);
  std::vector<float> picture(kValues);
  full_augmentation(3)()(sample, ref, picture.data());
  return picture;
}

TEST(LoaderMix, MixesWhatBothSamplesWouldBeByThemselves) {
  const FakeDataset dataset(30);
  const LoaderInput input = mixed(dataset);
  const TrainingOrder order = shuffled_order(dataset);
  int swapped = 0;
  for (const Delivered& batch : mixed_batches(dataset)) {
    const auto refs = order.at(batch.number, {0, 8});
    for (std::size_t i = 0; i < 8; ++i) {
      const SampleRef ref = refs[i];
      const SampleRef partner = input.mixing->partner(ref);
      const MixPlan plan = input.mixing->mixer.draw(ref.epoch, ref.id());
      auto picture = alone(dataset, ref);
      input.mixing->mixer.run(
          plan, alone(dataset, partner).data(), picture.data());
      EXPECT_TRUE(std::equal(
          picture.begin(), picture.end(), batch.images.begin() + i * kValues));
      EXPECT_EQ(batch.ids[i], static_cast<std::int64_t>(ref.index));
      const auto own = static_cast<std::int64_t>(ref.index % 10);
      const auto others = static_cast<std::int64_t>(partner.index % 10);
      const bool swap = plan.share < 0.5;
      swapped += swap;
      EXPECT_EQ(batch.labels[i], swap ? others : own);
      EXPECT_EQ(batch.second_labels[i], swap ? own : others);
      EXPECT_NEAR(batch.shares[i], swap ? 1 - plan.share : plan.share, 1e-6);
    }
  }
  EXPECT_GT(swapped, 10);
}

TEST(LoaderMix, NotMixedThereIsNeitherSecondLabelNorShare) {
  const FakeDataset dataset(30);
  Loader loader(shuffled(dataset), options_for(1, 1));
  const auto batch = loader.next();
  EXPECT_EQ(batch->second_labels(), nullptr);
  EXPECT_EQ(batch->shares(), nullptr);
}

TEST(LoaderMix, ADamagedPartnerIsToldOrReplacedAsAnySample) {
  const FakeDataset good(30);
  const auto expected = mixed_batches(good);
  const std::uint64_t bad = 4;
  const FakeDataset dataset(30, {bad});
  Loader stopping(mixed(dataset), options_for(2, 2));
  try {
    drain(stopping);
    FAIL();
  } catch (const BadData& error) {
    EXPECT_STREQ(error.what(), "sample 'key4': damaged");
  }
  LoaderOptions replace = options_for(2, 2);
  replace.bad_samples = BadSamples::replace;
  Loader replacing(mixed(dataset), replace);
  const auto batches = drain(replacing);
  ASSERT_EQ(batches.size(), expected.size());
  const auto partner_of = mixed(good).mixing->partner;
  const TrainingOrder order = shuffled_order(good);
  int touched = 0;
  for (std::size_t b = 0; b < batches.size(); ++b) {
    for (std::size_t i = 0; i < 8; ++i) {
      const SampleRef ref = order.at(b, {0, 8})[i];
      const bool touches = ref.index == bad || partner_of(ref).index == bad;
      touched += touches;
      const auto place = static_cast<std::ptrdiff_t>(i * kValues);
      EXPECT_EQ(
          std::equal(
              batches[b].images.begin() + place,
              batches[b].images.begin() + place + kValues,
              expected[b].images.begin() + place),
          !touches)
          << "batch " << b << ", sample " << i;
      EXPECT_EQ(batches[b].shares[i], expected[b].shares[i]);
    }
  }
  EXPECT_GT(touched, 3);
}

TEST(LoaderMix, LeavesNoBlanks) {
  const FakeDataset dataset(30);
  LoaderOptions blank = options_for(1, 1);
  blank.bad_samples = BadSamples::blank;
  EXPECT_THROW(Loader(mixed(dataset), blank), std::logic_error);
}

}  // namespace
}  // namespace convoy
