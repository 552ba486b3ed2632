// Leases and lifetimes: who may hold a batch, where and how long.

#include <gtest/gtest.h>

#include <thread>

#include "data/loader/loader.h"
#include "tests/data/loader/fakes.h"

namespace convoy {
namespace {

using testing::copy_of;
using testing::Delivered;
using testing::FakeDataset;
using testing::options_for;
using testing::reference;
using testing::shuffled;

TEST(Loader, KeepsALeasesContentWhileItLives) {
  const FakeDataset dataset(30);
  const auto expected = reference(dataset);
  Loader loader(shuffled(dataset), options_for(2, 3));
  auto first = loader.next();
  auto second = loader.next();
  const Batch held = std::move(*second);
  for (std::uint64_t b = 2; b < 12; ++b) {  // one slot is left to go round
    first = loader.next();
    EXPECT_EQ(first->number(), b);
  }
  EXPECT_EQ(copy_of(held), expected[1]);
}

TEST(Loader, TakesLeasesBackFromAnyThreadInAnyOrder) {
  const FakeDataset dataset(30);
  const auto expected = reference(dataset);
  Loader loader(shuffled(dataset), options_for(2, 4));
  std::vector<Delivered> batches(expected.size());
  std::vector<std::thread> threads;
  while (auto batch = loader.next()) {
    threads.emplace_back([&batches, held = std::move(*batch)]() mutable {
      const Batch mine = std::move(held);  // given back by this thread
      batches[mine.number()] = copy_of(mine);
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(batches, expected);
}

TEST(Loader, ServesSeveralConsumers) {
  const FakeDataset dataset(30);
  const auto expected = reference(dataset);
  Loader loader(shuffled(dataset), options_for(2, 5));
  std::vector<Delivered> batches(expected.size());
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (const auto batch = loader.next()) {
        batches[batch->number()] = copy_of(*batch);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(batches, expected);
}

TEST(Loader, LeasesMayOutliveIt) {
  const FakeDataset dataset(30);
  const auto expected = reference(dataset);
  std::vector<Batch> held;
  {
    Loader loader(shuffled(dataset), options_for(2, 4));
    held.push_back(*loader.next());
    held.push_back(*loader.next());
  }
  EXPECT_EQ(copy_of(held[0]), expected[0]);
  EXPECT_EQ(copy_of(held[1]), expected[1]);
}

TEST(Loader, CanBeDestroyedAtAnyMoment) {
  const FakeDataset dataset(30);
  for (int workers : {1, 4}) {
    for (int taken = 0; taken <= 13; ++taken) {
      Loader loader(shuffled(dataset), options_for(workers, 2));
      for (int i = 0; i < taken; ++i) {
        loader.next();
      }
    }
  }
}

}  // namespace
}  // namespace convoy
