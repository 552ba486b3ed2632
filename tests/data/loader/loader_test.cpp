#include "data/loader/loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "tests/data/loader/fakes.h"

namespace convoy {
namespace {

using testing::copy_of;
using testing::Delivered;
using testing::drain;
using testing::FakeDataset;
using testing::full_augmentation;
using testing::Gate;
using testing::kValues;
using testing::options_for;
using testing::reference;
using testing::shuffled;
using testing::shuffled_order;

TEST(Loader, DeliversWhatItsSourceSaysInOrder) {
  const FakeDataset dataset(30);
  const auto batches = reference(dataset);
  const TrainingOrder order{30, 8, Tail::wrap, 3};
  ASSERT_EQ(batches.size(), 12U);
  for (std::uint64_t b = 0; b < 12; ++b) {
    EXPECT_EQ(batches[b].number, b);
    const auto refs = order.at(b, {0, 8});
    ASSERT_EQ(batches[b].ids.size(), refs.size());
    for (std::size_t i = 0; i < refs.size(); ++i) {
      const auto id = static_cast<std::int64_t>(refs[i].index);
      EXPECT_EQ(batches[b].ids[i], id);
      EXPECT_EQ(batches[b].labels[i], id % 10);
    }
  }
  // Epochs of four batches: the same samples, in another order, otherwise
  // augmented.
  EXPECT_NE(batches[0].ids, batches[4].ids);
  EXPECT_NE(batches[0].images, batches[4].images);
}

TEST(Loader, GivesTheSameBitsForAnyWorkersAndSlots) {
  const FakeDataset dataset(30);
  const auto expected = reference(dataset);
  for (int workers : {1, 2, 5}) {
    for (std::size_t ring : {1, 2, 4}) {
      Loader loader(shuffled(dataset), options_for(workers, ring));
      EXPECT_TRUE(drain(loader) == expected) << workers << " " << ring;
    }
  }
}

TEST(Loader, AugmentsEachCopyOfASampleByItself) {
  const FakeDataset dataset(30);
  TrainingOrder order = shuffled_order(dataset);
  order.repeats = 2;
  LoaderInput input = shuffled(dataset);
  input.source = training_source(order, {{0, 8}});
  Loader loader(std::move(input), options_for(1, 1));
  const Delivered batch = copy_of(*loader.next());
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(batch.labels[i], batch.labels[i + 4]);
    EXPECT_NE(batch.ids[i], batch.ids[i + 4]);
    const float* picture = batch.images.data() + i * kValues;
    EXPECT_FALSE(std::equal(picture, picture + kValues, picture + 4 * kValues));
  }
}

TEST(Loader, JumpsToABatchInsteadOfReplaying) {
  const FakeDataset dataset(30);
  const auto expected = reference(dataset);
  for (std::uint64_t first : {1, 4, 7, 11}) {
    LoaderOptions options = options_for(2, 3);
    options.first_batch = first;
    Loader loader(shuffled(dataset), options);
    const auto batches = drain(loader);
    EXPECT_EQ(
        batches,
        std::vector<Delivered>(expected.begin() + first, expected.end()));
  }
}

TEST(Loader, EndsAtOnceWhenThereAreNoBatches) {
  const FakeDataset dataset(30);
  LoaderOptions options = options_for(2, 3);
  options.first_batch = options.end_batch;
  Loader loader(shuffled(dataset), options);
  EXPECT_FALSE(loader.next());
  EXPECT_FALSE(loader.next());
}

TEST(Loader, DeliversEmptyAndShortBatches) {
  const FakeDataset dataset(30);
  LoaderInput input = shuffled(dataset);
  input.source = [](std::uint64_t batch) {
    return std::vector<SampleRef>(batch % 3, SampleRef{batch, 0});
  };
  Loader loader(std::move(input), options_for(2, 2));
  const auto batches = drain(loader);
  ASSERT_EQ(batches.size(), 12U);
  for (std::size_t b = 0; b < 12; ++b) {
    EXPECT_EQ(batches[b].ids.size(), b % 3);
  }
}

/// Sample 0 is not read before sample 5 was.
class SlowFirst : public FakeDataset {
 public:
  SlowFirst() : FakeDataset(100) {}
  void read(std::uint64_t index, Sample& sample) const override {
    if (index == 0) {
      gate.wait();
    }
    if (index == 5) {
      gate.open();
    }
    FakeDataset::read(index, sample);
  }
  mutable Gate gate;
};

BatchSource in_order(std::uint64_t size) {
  return [size](std::uint64_t batch) {
    std::vector<SampleRef> refs;
    for (std::uint64_t i = batch * size; i < (batch + 1) * size; ++i) {
      refs.push_back({i, 0});
    }
    return refs;
  };
}

TEST(Loader, KeepsTheOrderWhenTheFirstSampleIsTheSlowest) {
  const SlowFirst dataset;
  LoaderOptions options = options_for(2, 4);
  options.batch_capacity = 4;
  Loader loader({dataset, full_augmentation(1), in_order(4)}, options);
  std::int64_t id = 0;
  for (const Delivered& batch : drain(loader)) {
    for (std::int64_t seen : batch.ids) {
      EXPECT_EQ(seen, id++);
    }
  }
  EXPECT_EQ(id, 48);
}

/// Counts the samples that were read and not yet given back.
class Counting : public FakeDataset {
 public:
  Counting() : FakeDataset(1000) {}
  void read(std::uint64_t index, Sample& sample) const override {
    const int now = ++outstanding;
    int most = most_outstanding;
    while (now > most && !most_outstanding.compare_exchange_weak(most, now)) {
    }
    FakeDataset::read(index, sample);
  }
  mutable std::atomic<int> outstanding{0};
  mutable std::atomic<int> most_outstanding{0};
};

TEST(Loader, ReadsNoFurtherAheadThanItsRing) {
  const Counting dataset;
  LoaderOptions options = options_for(3, 3);
  options.end_batch = 40;
  Loader loader({dataset, full_augmentation(1), in_order(8)}, options);
  while (const auto batch = loader.next()) {
    dataset.outstanding -= static_cast<int>(batch->count());
  }
  EXPECT_LE(dataset.most_outstanding, 3 * 8);
}

/// Opens a gate when sample `watched` is read.
class Watching : public FakeDataset {
 public:
  explicit Watching(std::uint64_t watched)
      : FakeDataset(8), watched_(watched) {}
  void read(std::uint64_t index, Sample& sample) const override {
    FakeDataset::read(index, sample);
    if (reads == watched_) {
      gate.open();
    }
  }
  mutable Gate gate;

 private:
  std::uint64_t watched_;
};

TEST(Loader, LooksAheadIntoTheNextEpoch) {
  const Watching dataset(24);  // the third batch of one-batch epochs
  Loader loader(shuffled(dataset), options_for(2, 3));
  dataset.gate.wait();  // nothing was asked for yet
  EXPECT_EQ(drain(loader).size(), 12U);
}

TEST(Loader, UsesTheGivenMemory) {
  const FakeDataset dataset(30);
  std::atomic<int> freed{0};
  std::byte* begin = nullptr;
  std::size_t size = 0;
  {
    LoaderOptions options = options_for(2, 3);
    options.allocate = [&](std::size_t bytes) {
      const auto memory = allocate_host(bytes);
      begin = memory.get();
      size = bytes;
      return std::shared_ptr<std::byte>(
          begin, [memory, &freed](std::byte*) { ++freed; });
    };
    Loader loader(shuffled(dataset), options);
    while (const auto batch = loader.next()) {
      const auto* images = reinterpret_cast<const std::byte*>(batch->images());
      EXPECT_GE(images, begin);
      EXPECT_LE(images + 8 * kValues * sizeof(float), begin + size);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(images) % 64, 0U);
    }
  }
  EXPECT_EQ(freed, 1);
  // Three slots and little else, whatever the dataset's size.
  EXPECT_LE(size, 3 * (8 * kValues * sizeof(float) + 256));
}

TEST(Loader, MeasuresHowLongItsConsumerWaits) {
  const SlowFirst dataset;
  LoaderOptions options = options_for(2, 4);
  Loader loader({dataset, full_augmentation(1), in_order(8)}, options);
  EXPECT_EQ(loader.wait_seconds(), 0);
  drain(loader);
  EXPECT_GT(loader.wait_seconds(), 0);
}

TEST(Loader, StartsEachThreadWithTheHook) {
  const FakeDataset dataset(30);
  std::mutex mutex;
  std::set<int> numbers;
  std::set<std::thread::id> threads;
  LoaderOptions options = options_for(3, 2);
  options.on_thread_start = [&](int worker) {
    const std::lock_guard lock(mutex);
    numbers.insert(worker);
    threads.insert(std::this_thread::get_id());
  };
  {
    Loader loader(shuffled(dataset), options);
    drain(loader);
  }
  EXPECT_EQ(numbers, (std::set<int>{0, 1, 2}));
  EXPECT_EQ(threads.size(), 3U);
  EXPECT_EQ(threads.count(std::this_thread::get_id()), 0U);
}

TEST(Loader, RefusesOptionsThatCannotWork) {
  const FakeDataset dataset(30);
  EXPECT_THROW(Loader(shuffled(dataset), options_for(0, 2)), std::logic_error);
  EXPECT_THROW(Loader(shuffled(dataset), options_for(1, 0)), std::logic_error);
  LoaderInput input = shuffled(dataset);
  input.source = nullptr;
  EXPECT_THROW(Loader(std::move(input), options_for(1, 1)), std::logic_error);
}

}  // namespace
}  // namespace convoy
