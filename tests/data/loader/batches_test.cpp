#include "data/loader/batches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace convoy {
namespace {

using Ids = std::vector<std::uint64_t>;

Ids ids(const std::vector<SampleRef>& refs) {
  Ids result;
  for (const SampleRef& ref : refs) {
    result.push_back(ref.index);
  }
  return result;
}

void append(Ids& to, const std::vector<SampleRef>& refs) {
  for (std::uint64_t id : ids(refs)) {
    to.push_back(id);
  }
}

TEST(ShareOf, CutsIntoContiguousPartsThatDifferByOne) {
  for (std::uint64_t size : {0, 1, 5, 12, 64, 65}) {
    for (std::uint64_t parts : {1, 2, 3, 7, 12, 16}) {
      const Share whole{100, 100 + size};
      std::uint64_t at = 100;
      std::uint64_t last = size;
      for (std::uint64_t part = 0; part < parts; ++part) {
        const Share share = share_of(whole, parts, part);
        EXPECT_EQ(share.begin, at);
        EXPECT_GE(share.size(), size / parts);
        EXPECT_LE(share.size(), (size + parts - 1) / parts);
        EXPECT_LE(share.size(), last);  // earlier parts get more
        last = share.size();
        at = share.end;
      }
      EXPECT_EQ(at, 100 + size);
    }
  }
}

TEST(TrainingOrder, GivesTheSameGlobalBatchOnAnyWorldSize) {
  for (std::uint64_t global_batch : {1, 13, 48, 64}) {
    for (Tail tail : {Tail::wrap, Tail::drop}) {
      const TrainingOrder order{203, global_batch, tail, 5};
      for (std::uint64_t world : {1, 2, 3, 4, 5, 6, 8, 12, 16}) {
        for (std::uint64_t micro : {1, 2, 3}) {
          for (std::uint64_t step : {0, 1, 3, 500, 12345}) {
            Ids together;
            for (std::uint64_t rank = 0; rank < world; ++rank) {
              const auto source = training_source(
                  order, parts_of_rank({global_batch, world, rank, micro}));
              for (std::uint64_t m = 0; m < micro; ++m) {
                append(together, source(step * micro + m));
              }
            }
            EXPECT_EQ(together, ids(order.at(step, {0, global_batch})));
          }
        }
      }
    }
  }
}

TEST(TrainingOrder, RanksDifferByOneSampleAtMost) {
  for (std::uint64_t world : {1, 2, 3, 4, 5, 6, 8, 12, 16}) {
    std::uint64_t before = 64;
    for (std::uint64_t rank = 0; rank < world; ++rank) {
      std::uint64_t own = 0;
      for (const Share& part : parts_of_rank({64, world, rank, 2})) {
        own += part.size();
      }
      EXPECT_GE(own, 64 / world);
      EXPECT_LE(own, (64 + world - 1) / world);
      EXPECT_LE(own, before);
      before = own;
    }
  }
}

TEST(TrainingOrder, WrapShowsEverySampleAndDropNoneTwice) {
  const TrainingOrder wrap{100, 32, Tail::wrap, 1};
  const TrainingOrder drop{100, 32, Tail::drop, 1};
  ASSERT_EQ(wrap.steps_per_epoch(), 4U);
  ASSERT_EQ(drop.steps_per_epoch(), 3U);
  for (std::uint64_t epoch : {0, 1, 7}) {
    Ids wrapped;
    Ids dropped;
    for (std::uint64_t i = 0; i < 4; ++i) {
      append(wrapped, wrap.at(epoch * 4 + i, {0, 32}));
    }
    for (std::uint64_t i = 0; i < 3; ++i) {
      append(dropped, drop.at(epoch * 3 + i, {0, 32}));
    }
    EXPECT_EQ(std::set(wrapped.begin(), wrapped.end()).size(), 100U);
    EXPECT_EQ(std::set(dropped.begin(), dropped.end()).size(), 96U);
    // The tail is filled with the epoch's own first samples.
    EXPECT_TRUE(
        std::equal(wrapped.begin() + 100, wrapped.end(), wrapped.begin()));
    EXPECT_EQ(wrap.at(epoch * 4, {0, 1})[0].epoch, epoch);
  }
  EXPECT_NE(ids(wrap.at(0, {0, 32})), ids(wrap.at(4, {0, 32})));
}

TEST(TrainingOrder, HandlesFewerSamplesThanABatch) {
  const TrainingOrder wrap{5, 12, Tail::wrap, 1};
  EXPECT_EQ(wrap.steps_per_epoch(), 1U);
  const Ids batch = ids(wrap.at(3, {0, 12}));
  EXPECT_EQ(std::set(batch.begin(), batch.end()).size(), 5U);
  EXPECT_TRUE(std::equal(batch.begin() + 5, batch.end(), batch.begin()));
  const TrainingOrder drop{5, 12, Tail::drop, 1};
  EXPECT_EQ(drop.steps_per_epoch(), 0U);
}

TEST(EvaluationBlocks, CoverEverySampleOnceInBlocksThatDoNotDependOnRanks) {
  for (std::uint64_t samples : {0, 1, 31, 32, 33, 100, 1000}) {
    std::set<Ids> blocks_of_one;
    for (std::uint64_t world : {1, 2, 3, 4, 5, 6, 8, 12, 16}) {
      std::set<Ids> blocks;
      Ids seen;
      std::uint64_t total = 0;
      for (std::uint64_t rank = 0; rank < world; ++rank) {
        const EvaluationBlocks plan{samples, 32, world, rank};
        const BatchSource source = evaluation_source(plan);
        total += plan.blocks_of_rank();
        for (std::uint64_t i = 0; i < plan.blocks_of_rank(); ++i) {
          const Ids block = ids(source(i));
          EXPECT_EQ(block.front() % 32, 0U);
          EXPECT_EQ(block.front() / 32 % world, rank);
          blocks.insert(block);
          seen.insert(seen.end(), block.begin(), block.end());
        }
      }
      EXPECT_EQ(total, (samples + 31) / 32);
      std::sort(seen.begin(), seen.end());
      Ids expected(samples);
      std::iota(expected.begin(), expected.end(), 0);
      EXPECT_EQ(seen, expected);
      if (world == 1) {
        blocks_of_one = blocks;
      }
      EXPECT_EQ(blocks, blocks_of_one);
    }
  }
}

}  // namespace
}  // namespace convoy
