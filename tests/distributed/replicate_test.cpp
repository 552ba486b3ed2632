#include "distributed/replicate.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "distributed/errors.h"
#include "tests/support/thread_ranks.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

TEST(Replicate, GivesEveryRankTheRootsValues) {
  testing::run_ranks(3, [](Communicator& ranks, Control&) {
    const auto t = at::full({4}, static_cast<double>(ranks.rank() + 7));
    broadcast_state({t}, ranks);
    EXPECT_TRUE(at::equal(t, at::full({4}, 7.0)));
  });
}

TEST(Replicate, HashIgnoresMemoryFormatAndSeesEveryBit) {
  const auto t = at::arange(2 * 3 * 4 * 4, at::kFloat).reshape({2, 3, 4, 4});
  const auto nhwc = t.contiguous(at::MemoryFormat::ChannelsLast);
  EXPECT_EQ(hash_state({t}), hash_state({nhwc}));
  const auto changed = t.clone();
  auto* bits = static_cast<std::uint32_t*>(changed.mutable_data_ptr());
  bits[50] ^= 1;
  EXPECT_NE(hash_state({t}), hash_state({changed}));
}

TEST(Replicate, NamesTheRankThatDrifted) {
  testing::run_ranks(4, [](Communicator& ranks, Control& control) {
    const std::uint64_t hash = ranks.rank() == 2 ? 1 : 0;
    EXPECT_THAT(
        [&] {
          require_equal_replicas(hash, control, {"a", "b", "c", "d"});
        },
        ThrowsMessage<Drift>(HasSubstr("rank 2 on c")));
  });
}

TEST(Replicate, BlamesNobodyWhenTheVotesAreEven) {
  testing::run_ranks(2, [](Communicator& ranks, Control& control) {
    EXPECT_THAT(
        [&] {
          require_equal_replicas(
              static_cast<std::uint64_t>(ranks.rank()), control, {"a", "b"});
        },
        ThrowsMessage<Drift>(AllOf(
            HasSubstr("rank 0 on a has"),
            HasSubstr("rank 1 on b has"),
            Not(HasSubstr("most ranks")))));
  });
}

TEST(Replicate, RefusesRanksThatDisagreeWithBothValues) {
  testing::run_ranks(3, [](Communicator& ranks, Control& control) {
    const std::string mine = ranks.rank() == 1 ? "feed" : "beef";
    EXPECT_THAT(
        [&] {
          require_agreement(
              {{"the seed", "1", ""}, {"the data", mine, "Copy it again."}},
              control,
              {"x", "y", "z"});
        },
        ThrowsMessage<Disagreement>(AllOf(
            HasSubstr("the data"),
            HasSubstr("rank 0 on x has beef"),
            HasSubstr("rank 1 on y has feed"),
            HasSubstr("Copy it again."))));
  });
}

}  // namespace
}  // namespace convoy
