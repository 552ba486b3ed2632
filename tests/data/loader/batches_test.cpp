#include "data/loader/batches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
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

constexpr std::uint64_t kFewSamples = 203;

/// Of `samples` samples, 3 in 4 are of class 0; 1 and 2 share the rest.
std::int32_t skewed_label(std::uint64_t index) {
  return index % 4 != 0 ? 0 : index % 8 == 0 ? 1 : 2;
}

TrainingOrder balanced_order(
    std::uint64_t samples, std::uint64_t batch, std::uint64_t repeats) {
  std::vector<std::int32_t> labels;
  for (std::uint64_t i = 0; i < samples; ++i) {
    labels.push_back(skewed_label(i));
  }
  return {
      samples,
      batch,
      Tail::wrap,
      5,
      repeats,
      std::make_shared<ClassTurns>(labels)};
}

/// Every way of sampling.
std::vector<TrainingOrder> orders(std::uint64_t batch) {
  return {
      {kFewSamples, batch, Tail::wrap, 5},
      {kFewSamples, batch, Tail::drop, 5},
      {kFewSamples, batch, Tail::wrap, 5, 3},
      balanced_order(kFewSamples, batch, 1),
      balanced_order(kFewSamples, batch, 2)};
}

/// A whole epoch, with what fills up its last batch.
std::vector<SampleRef> epoch_of(
    const TrainingOrder& order, std::uint64_t epoch) {
  std::vector<SampleRef> refs;
  for (std::uint64_t i = 0; i < order.steps_per_epoch(); ++i) {
    for (const SampleRef& ref : order.at(
             epoch * order.steps_per_epoch() + i, {0, order.global_batch})) {
      refs.push_back(ref);
    }
  }
  return refs;
}

TEST(TrainingOrder, GivesTheSameGlobalBatchOnAnyWorldSize) {
  for (std::uint64_t global_batch : {1, 13, 48, 64}) {
    for (const TrainingOrder& order : orders(global_batch)) {
      for (std::uint64_t world : {1, 2, 3, 4, 5, 6, 8, 12, 16}) {
        for (std::uint64_t step : {0, 1, 3, 500, 12345}) {
          Ids together;
          for (std::uint64_t rank = 0; rank < world; ++rank) {
            const auto source = training_source(
                order, shares_of_rank(global_batch, {world, rank, world}));
            append(together, source(step));
          }
          EXPECT_EQ(together, ids(order.at(step, {0, global_batch})));
        }
      }
    }
  }
}

TEST(SharesOfRank, AreThoseOfItsVirtualRanksOnAnyWorldSize) {
  const TrainingOrder order{kFewSamples, 26, Tail::wrap, 5};
  for (std::uint64_t step : {0, 3}) {
    for (std::uint64_t world : {1, 2, 3, 4, 6, 12}) {
      for (std::uint64_t rank = 0; rank < world; ++rank) {
        Ids expected;
        for (std::uint64_t v = rank; v < 12; v += world) {
          append(expected, order.at(step, share_of({0, 26}, 12, v)));
        }
        const auto shares = shares_of_rank(26, {world, rank, 12});
        EXPECT_EQ(shares.size(), 12 / world);
        Ids own;
        append(own, training_source(order, shares)(step));
        EXPECT_EQ(own, expected);
      }
    }
  }
}

TEST(TrainingOrder, RanksDifferByOneSampleAtMost) {
  for (std::uint64_t world : {1, 2, 3, 4, 5, 6, 8, 12, 16}) {
    std::uint64_t before = 64;
    for (std::uint64_t rank = 0; rank < world; ++rank) {
      const auto shares = shares_of_rank(64, {world, rank, world});
      ASSERT_EQ(shares.size(), 1U);
      const std::uint64_t own = shares[0].size();
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

TEST(TrainingOrder, RepeatsOneInSoManySamplesWithIdsOfTheirOwn) {
  const TrainingOrder order{120, 24, Tail::wrap, 1, 3};
  ASSERT_EQ(order.steps_per_epoch(), 5U);
  std::set<std::uint64_t> shown_before;
  for (std::uint64_t epoch : {0, 1}) {
    std::map<std::uint64_t, std::set<std::uint64_t>> copies;
    for (const SampleRef& ref : epoch_of(order, epoch)) {
      EXPECT_EQ(ref.epoch, epoch);
      EXPECT_LT(ref.copy, 3U);
      EXPECT_EQ(ref.id() == ref.index, ref.copy == 0);
      copies[ref.index].insert(ref.id());
    }
    EXPECT_EQ(copies.size(), 40U);
    std::set<std::uint64_t> shown;
    for (const auto& [index, own] : copies) {
      EXPECT_EQ(own.size(), 3U);
      shown.insert(index);
    }
    EXPECT_NE(shown, shown_before);
    shown_before = shown;
  }
}

TEST(TrainingOrder, SpreadsCopiesOverTheRanksOfABatch) {
  const TrainingOrder order{120, 24, Tail::wrap, 1, 3};
  for (std::uint64_t step : {0, 4, 7}) {
    const auto first = ids(order.at(step, share_of({0, 24}, 3, 0)));
    EXPECT_EQ(std::set(first.begin(), first.end()).size(), 8U);
    EXPECT_EQ(ids(order.at(step, share_of({0, 24}, 3, 1))), first);
    EXPECT_EQ(ids(order.at(step, share_of({0, 24}, 3, 2))), first);
  }
}

TEST(TrainingOrder, ShowsWholeEpochsWhateverDoesNotDivide) {
  for (std::uint64_t batch : {1, 7, 24, 50, 500}) {
    for (std::uint64_t repeats : {2, 3, 64}) {
      const TrainingOrder order{100, batch, Tail::wrap, 1, repeats};
      std::set<std::uint64_t> shown;
      std::set<std::uint64_t> all;
      for (const SampleRef& ref : epoch_of(order, 2)) {
        shown.insert(ref.index);
        all.insert(ref.id());
      }
      EXPECT_EQ(all.size(), 100U) << batch << " " << repeats;
      EXPECT_EQ(shown.size(), (100 + repeats - 1) / repeats);
    }
  }
}

TEST(TrainingOrder, BalancedShowsEveryClassEquallyOften) {
  for (std::uint64_t repeats : {1, 2}) {
    const TrainingOrder order = balanced_order(240, 24, repeats);
    EXPECT_EQ(order.steps_per_epoch(), 10U);
    for (std::uint64_t epoch : {0, 1, 5}) {
      std::map<std::int32_t, int> classes;
      std::set<std::uint64_t> all;
      std::set<std::uint64_t> rare;
      for (const SampleRef& ref : epoch_of(order, epoch)) {
        ++classes[skewed_label(ref.index)];
        all.insert(ref.id());
        if (skewed_label(ref.index) == 1) {
          rare.insert(ref.index);
        }
      }
      EXPECT_EQ(
          classes, (std::map<std::int32_t, int>{{0, 80}, {1, 80}, {2, 80}}));
      EXPECT_EQ(all.size(), 240U) << "every one with draws of its own";
      // 80 turns of 30 samples, or 40.
      EXPECT_GE(rare.size(), repeats == 1 ? 30U : 20U);
    }
  }
}

TEST(TrainingOrder, BalancedShowsAFrequentClassWholeOverSeveralEpochs) {
  const TrainingOrder order = balanced_order(240, 24, 1);
  std::map<std::uint64_t, int> times;
  for (std::uint64_t epoch = 0; epoch < 9; ++epoch) {
    for (const SampleRef& ref : epoch_of(order, epoch)) {
      times[ref.index] += skewed_label(ref.index) == 0;
    }
  }
  // 9 epochs x 80 turns over 180 samples.
  for (std::uint64_t i = 0; i < 240; ++i) {
    EXPECT_EQ(times[i], skewed_label(i) == 0 ? 4 : 0) << i;
  }
}

TEST(TrainingOrder, BalancedMixesTheClassesOfABatch) {
  const TrainingOrder order = balanced_order(24'000, 24, 1);
  std::set<std::vector<std::int32_t>> patterns;
  for (std::uint64_t step = 0; step < 20; ++step) {
    std::vector<std::int32_t> labels;
    for (const std::uint64_t id : ids(order.at(step, {0, 24}))) {
      labels.push_back(skewed_label(id));
    }
    patterns.insert(labels);
  }
  EXPECT_EQ(patterns.size(), 20U);
}

TEST(PartnerSource, TakesAnyOtherSampleAlike) {
  constexpr std::uint64_t kFew = 8;
  const auto partner_of = partner_source({kFew, 4, Tail::wrap, 1});
  int hits[kFew][kFew] = {};
  for (std::uint32_t epoch = 0; epoch < 7000; ++epoch) {
    for (std::uint64_t i = 0; i < kFew; ++i) {
      const SampleRef partner = partner_of({i, epoch});
      ASSERT_LT(partner.index, kFew);
      EXPECT_EQ(partner.epoch, epoch);
      ++hits[i][partner.index];
    }
  }
  for (std::uint64_t i = 0; i < kFew; ++i) {
    for (std::uint64_t j = 0; j < kFew; ++j) {
      // Five standard errors of 1000.
      EXPECT_NEAR(hits[i][j], i == j ? 0 : 1000, i == j ? 0 : 150);
    }
  }
  EXPECT_EQ(partner_source({1, 4, Tail::wrap, 1})({0, 0}).index, 0U);
}

TEST(PartnerSource, TakesAsManyOfEachClassWhereSamplesAreBalanced) {
  const auto partner_of = partner_source(balanced_order(240, 24, 1));
  std::map<std::int32_t, int> classes;
  for (std::uint32_t epoch = 0; epoch < 30; ++epoch) {
    for (std::uint64_t i = 0; i < 240; ++i) {
      ++classes[skewed_label(partner_of({i, epoch}).index)];
    }
  }
  for (const auto& [label, count] : classes) {
    EXPECT_NEAR(count, 2400, 200) << label;  // five standard errors
  }
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
