// What a loader does when samples, workers or sources fail.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/data/loader/fakes.h"

namespace convoy {
namespace {

using testing::copy_of;
using testing::Delivered;
using testing::drain;
using testing::FakeDataset;
using ::testing::HasSubstr;
using testing::options_for;
using testing::shuffled;

/// The message of what next() throws.
template <class Error>
std::string thrown_by(Loader& loader) {
  try {
    drain(loader);
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

/// The batch and the id of the first of `bad` in the order of `shuffled`.
struct First {
  std::uint64_t batch;
  std::uint64_t id;
};

First first_of(const std::set<std::uint64_t>& bad) {
  const TrainingOrder order{30, 8, Tail::wrap, 3};
  for (std::uint64_t batch = 0;; ++batch) {
    for (const SampleRef& ref : order.at(batch, {0, 8})) {
      if (bad.count(ref.index)) {
        return {batch, ref.index};
      }
    }
  }
}

TEST(LoaderErrors, ReachNextWithTheKeyOnceAfterTheBatchesBefore) {
  const FakeDataset good(30);
  Loader whole(shuffled(good), options_for(1, 1));
  const auto expected = drain(whole);
  for (const std::set<std::uint64_t>& bad :
       {std::set<std::uint64_t>{7}, {2, 9, 23}, {0, 1, 2, 3, 4, 5, 6, 7}}) {
    const FakeDataset dataset(30, bad);
    const First first = first_of(bad);
    for (int workers : {1, 2, 5}) {
      for (std::size_t ring : {1, 4}) {
        Loader loader(shuffled(dataset), options_for(workers, ring));
        for (std::uint64_t b = 0; b < first.batch; ++b) {
          EXPECT_EQ(copy_of(*loader.next()), expected[b]);
        }
        const std::string message = thrown_by<BadData>(loader);
        EXPECT_EQ(
            message, "sample 'key" + std::to_string(first.id) + "': damaged");
        EXPECT_FALSE(loader.next());
        EXPECT_FALSE(loader.next());
      }
    }
  }
}

TEST(LoaderErrors, AreNoHindranceToDestruction) {
  const FakeDataset dataset(30, {1, 5, 11, 17, 28});
  for (int workers : {1, 4}) {
    for (int taken = 0; taken < 4; ++taken) {
      Loader loader(shuffled(dataset), options_for(workers, 3));
      try {
        for (int i = 0; i < taken; ++i) {
          loader.next();
        }
      } catch (const BadData&) {
      }
    }
  }
}

TEST(LoaderErrors, OfTransformsNameTheSampleToo) {
  const FakeDataset dataset(30);
  LoaderInput input = shuffled(dataset);
  AugmentOptions options;
  options.crop = Crop::center;
  options.crop_px = 21;
  input.make_transform = training_transform(
      options, 1, std::make_shared<Normalization>(normalization({}, 3)));
  Loader loader(std::move(input), options_for(2, 2));
  const std::string message = thrown_by<BadData>(loader);
  EXPECT_THAT(message, HasSubstr("sample 'key"));
  EXPECT_THAT(message, HasSubstr("20x24"));
}

TEST(LoaderErrors, OfOtherKindsAreWrappedWithTheKey) {
  const FakeDataset dataset(30);
  LoaderInput input = shuffled(dataset);
  input.make_transform = [] {
    return [](const Sample&, const SampleRef&, float*) {
      throw std::length_error("a bug");
    };
  };
  Loader loader(std::move(input), options_for(2, 2));
  try {
    loader.next();
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("sample 'key"));
    EXPECT_THROW(std::rethrow_if_nested(error), std::length_error);
  }
}

TEST(LoaderErrors, OfThreadsSourcesAndSizesReachNext) {
  const FakeDataset dataset(30);
  LoaderOptions hook = options_for(2, 2);
  // On all threads: one alone may start when the others have done everything.
  hook.on_thread_start = [](int) { throw std::runtime_error("no such CPU"); };
  Loader hooked(shuffled(dataset), hook);
  EXPECT_EQ(thrown_by<std::runtime_error>(hooked), "no such CPU");

  LoaderInput broken = shuffled(dataset);
  broken.source = [](std::uint64_t batch) -> std::vector<SampleRef> {
    if (batch == 2) {
      throw std::runtime_error("no batch 2");
    }
    return {{batch, 0}};
  };
  Loader sourced(std::move(broken), options_for(2, 3));
  EXPECT_EQ(thrown_by<std::runtime_error>(sourced), "no batch 2");

  LoaderOptions small = options_for(2, 2);
  small.batch_capacity = 7;
  Loader overfull(shuffled(dataset), small);
  EXPECT_THAT(thrown_by<std::logic_error>(overfull), HasSubstr("8 samples"));
}

TEST(LoaderReplace, LeavesAllOtherSamplesAsTheyWere) {
  const FakeDataset good(30);
  Loader whole(shuffled(good), options_for(1, 1));
  const auto expected = drain(whole);
  const std::set<std::uint64_t> bad{3, 4, 20};
  const FakeDataset dataset(30, bad);
  std::vector<std::vector<Delivered>> runs;
  for (int workers : {1, 2, 5}) {
    LoaderOptions options = options_for(workers, 3);
    options.bad_samples = BadSamples::replace;
    Loader loader(shuffled(dataset), options);
    runs.push_back(drain(loader));
    const auto list = loader.bad_samples();
    ASSERT_EQ(list.size(), 3U);
    EXPECT_EQ(list[0].key, "key3");
    EXPECT_EQ(list[2].index, 20U);
    EXPECT_EQ(list[2].reason, "damaged");
    std::uint64_t times = 0;
    for (const BadSample& sample : list) {
      EXPECT_GE(sample.times, 3U);  // epochs
      times += sample.times;
    }
    EXPECT_EQ(loader.bad_sample_count(), times);
  }
  EXPECT_TRUE(runs[0] == runs[1]);
  EXPECT_TRUE(runs[0] == runs[2]);
  ASSERT_EQ(runs[0].size(), expected.size());
  for (std::size_t b = 0; b < expected.size(); ++b) {
    for (std::size_t i = 0; i < 8; ++i) {
      const auto& got = runs[0][b];
      const auto& want = expected[b];
      if (bad.count(static_cast<std::uint64_t>(want.ids[i]))) {
        EXPECT_EQ(bad.count(static_cast<std::uint64_t>(got.ids[i])), 0U);
        EXPECT_EQ(got.labels[i], got.ids[i] % 10);
        continue;
      }
      EXPECT_EQ(got.ids[i], want.ids[i]);
      EXPECT_EQ(got.labels[i], want.labels[i]);
      EXPECT_TRUE(std::equal(
          got.images.begin() + i * testing::kValues,
          got.images.begin() + (i + 1) * testing::kValues,
          want.images.begin() + i * testing::kValues));
    }
  }
}

TEST(LoaderReplace, GivesUpWhenEverythingIsBad) {
  std::set<std::uint64_t> all;
  for (std::uint64_t i = 0; i < 30; ++i) {
    all.insert(i);
  }
  const FakeDataset dataset(30, all);
  LoaderOptions options = options_for(2, 3);
  options.bad_samples = BadSamples::replace;
  Loader loader(shuffled(dataset), options);
  EXPECT_THAT(
      thrown_by<BadData>(loader),
      HasSubstr("21 samples in a row can't be used"));
}

TEST(LoaderBlank, KeepsThePlaceOfABadSampleWithoutALabel) {
  const FakeDataset dataset(30, {3});
  LoaderOptions options = options_for(2, 3);
  options.bad_samples = BadSamples::blank;
  options.end_batch = 4;
  LoaderInput input = shuffled(dataset);
  input.source = evaluation_source({30, 8, 1, 0});
  Loader loader(std::move(input), options);
  const auto batches = drain(loader);
  ASSERT_EQ(batches.size(), 4U);
  EXPECT_EQ(batches[0].ids[3], 3);
  EXPECT_EQ(batches[0].labels[3], kNoLabel);
  EXPECT_EQ(batches[0].labels[4], 4);
  const auto image = batches[0].images.begin() + 3 * testing::kValues;
  EXPECT_TRUE(std::all_of(
      image, image + testing::kValues, [](float v) { return v == 0; }));
  EXPECT_EQ(loader.bad_sample_count(), 1U);
}

}  // namespace
}  // namespace convoy
