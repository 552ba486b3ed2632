#include "distributed/shm/communicator.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <cmath>

#include "distributed/errors.h"
#include "tests/support/shm_ranks.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using testing::run_shm_ranks;
using ::testing::ThrowsMessage;

/// The same on every call: a rank's own numbers, whose sum depends on the order
/// of addition.
at::Tensor numbers_of(int rank, std::int64_t count) {
  return at::arange(count, at::kFloat)
      .add(1 + rank)
      .rsqrt()
      .mul(std::pow(10.0, rank));
}

at::Tensor sum_in_order(int ranks, std::int64_t count) {
  at::Tensor sum = numbers_of(0, count);
  for (int r = 1; r < ranks; ++r) {
    sum = sum + numbers_of(r, count);
  }
  return sum;
}

class ShmCommunicatorOf : public ::testing::TestWithParam<int> {};

TEST_P(ShmCommunicatorOf, SumsInTheOrderOfTheRanksWhereverTensorsLie) {
  run_shm_ranks(GetParam(), [](Communicator& ranks, Control&) {
    for (const std::int64_t count : {1, 1000, 4096, 4097, 65536, 700001}) {
      const at::Tensor want = sum_in_order(ranks.size(), count);
      const at::Tensor elsewhere = numbers_of(ranks.rank(), count);
      ranks.all_reduce(elsewhere)->wait();
      EXPECT_TRUE(at::equal(elsewhere, want)) << count;
      const at::Tensor own = ranks.allocate(count, at::kFloat);
      EXPECT_EQ(own.count_nonzero().item<int>(), 0);
      own.copy_(numbers_of(ranks.rank(), count));
      const void* place = own.const_data_ptr();
      ranks.all_reduce(own)->wait();
      EXPECT_TRUE(at::equal(own, want)) << count;
      EXPECT_EQ(own.const_data_ptr(), place);
    }
  });
}

TEST_P(ShmCommunicatorOf, GivesTheSameBitsWhateverThePieces) {
  run_shm_ranks(GetParam(), [](Communicator& ranks, Control&) {
    constexpr std::int64_t kCount = 100000;
    const at::Tensor own = ranks.allocate(kCount, at::kFloat);
    own.copy_(numbers_of(ranks.rank(), kCount));
    std::vector<std::unique_ptr<Work>> works;
    for (std::int64_t at = 0; at < kCount; at += 7777) {
      works.push_back(ranks.all_reduce(
          own.narrow(0, at, std::min<std::int64_t>(7777, kCount - at))));
    }
    for (const auto& work : works) {
      work->wait();
    }
    EXPECT_TRUE(at::equal(own, sum_in_order(ranks.size(), kCount)));
  });
}

TEST_P(ShmCommunicatorOf, ScattersSumsWithTheBitsOfAnAllReduce) {
  run_shm_ranks(GetParam(), [](Communicator& ranks, Control&) {
    const std::int64_t part = 16000;
    const std::int64_t count = part * ranks.size();
    const at::Tensor own = ranks.allocate(count, at::kFloat);
    own.copy_(numbers_of(ranks.rank(), count));
    ranks.reduce_scatter(own)->wait();
    for (int r = 0; r < ranks.size(); ++r) {
      const at::Tensor want = r == ranks.rank()
                                  ? sum_in_order(ranks.size(), count)
                                  : numbers_of(ranks.rank(), count);
      EXPECT_TRUE(at::equal(
          part_of(own, r, ranks.size()), part_of(want, r, ranks.size())))
          << "a part that is another rank's is left alone";
    }
    ranks.all_gather(own)->wait();
    EXPECT_TRUE(at::equal(own, sum_in_order(ranks.size(), count)));
  });
}

constexpr std::int64_t kPage = 1024;  // floats

TEST_P(ShmCommunicatorOf, JoinsWhatItScattersWithoutACopy) {
  run_shm_ranks(GetParam(), [](Communicator& ranks, Control&) {
    const int n = ranks.size();
    const std::vector<std::int64_t> pieces{
        n * kPage, 20 * n * kPage, n * kPage};
    const std::int64_t count = 22 * n * kPage;
    const at::Tensor own = ranks.allocate(count, at::kFloat);
    const at::Tensor joined = ranks.join(own, pieces);
    if (n == 1) {
      EXPECT_FALSE(joined.defined());
      return;
    }
    ASSERT_TRUE(joined.defined());
    for (int step = 1; step <= 3; ++step) {
      own.copy_(numbers_of(ranks.rank(), count).mul(step));
      std::int64_t at = 0;
      for (const std::int64_t piece : pieces) {
        ranks.reduce_scatter(own.narrow(0, at, piece))->wait();
        at += piece;
      }
      at::Tensor want = numbers_of(0, count).mul(step);
      for (int r = 1; r < n; ++r) {
        want = want + numbers_of(r, count).mul(step);
      }
      EXPECT_TRUE(at::equal(joined, want)) << step;
      ranks.barrier();
      own.fill_(ranks.rank());
      ranks.barrier();
      at = 0;
      for (const std::int64_t piece : pieces) {
        for (int r = 0; r < n; ++r) {
          EXPECT_TRUE(part_of(joined.narrow(0, at, piece), r, n)
                          .eq(r)
                          .all()
                          .item<bool>())
              << "the same memory";
        }
        at += piece;
      }
      ranks.barrier();
    }
  });
}

TEST(ShmCommunicator, JoinsWholePagesOfItsOwnMemoryOnly) {
  run_shm_ranks(2, [](Communicator& ranks, Control&) {
    const at::Tensor own = ranks.allocate(4 * kPage, at::kFloat);
    const std::vector<std::int64_t> pages{2 * kPage, 2 * kPage};
    const std::vector<std::int64_t> halves{kPage, 3 * kPage};
    EXPECT_TRUE(ranks.join(own, pages).defined());
    EXPECT_FALSE(ranks.join(own, halves).defined());
    const std::vector<std::int64_t> one{2 * kPage};
    EXPECT_FALSE(ranks.join(own.narrow(0, 0, 2 * kPage), one).defined());
    EXPECT_FALSE(ranks.join(at::zeros({4 * kPage}), pages).defined());
  });
}

TEST(ShmCommunicator, LetsWhatIsJoinedOutliveIt) {
  std::vector<at::Tensor> kept(2);
  run_shm_ranks(2, [&](Communicator& ranks, Control&) {
    const at::Tensor own = ranks.allocate(2 * kPage, at::kFloat);
    own.fill_(ranks.rank() + 1);
    const std::int64_t all = 2 * kPage;
    kept[static_cast<std::size_t>(ranks.rank())] =
        ranks.join(own, std::span(&all, 1));
  });
  EXPECT_EQ(kept[0].sum().item<float>(), 3 * kPage);
}

TEST_P(ShmCommunicatorOf, KeepsManyReductionsOfEveryKindInFlight) {
  run_shm_ranks(GetParam(), [](Communicator& ranks, Control&) {
    const int n = ranks.size();
    const at::Tensor own = ranks.allocate(50000, at::kFloat);
    for (int round = 1; round <= 30; ++round) {
      own.fill_(round);
      const auto figures = at::full({3}, round, at::kDouble);
      const auto elsewhere = at::full({200000}, round, at::kFloat);
      const auto counts = at::full({5}, round + ranks.rank(), at::kLong);
      std::vector<std::unique_ptr<Work>> works;
      works.push_back(ranks.all_reduce(own));
      works.push_back(ranks.all_reduce(figures));
      works.push_back(ranks.all_reduce(elsewhere));
      works.push_back(ranks.all_reduce(counts, ReduceOp::max));
      for (auto work = works.rbegin(); work != works.rend(); ++work) {
        (*work)->wait();
      }
      ASSERT_TRUE(own.eq(n * round).all().item<bool>());
      ASSERT_TRUE(figures.eq(n * round).all().item<bool>());
      ASSERT_TRUE(elsewhere.eq(n * round).all().item<bool>());
      ASSERT_TRUE(counts.eq(round + n - 1).all().item<bool>());
    }
  });
}

TEST_P(ShmCommunicatorOf, AddsSixteenBitNumbersInThirtyTwo) {
  run_shm_ranks(GetParam(), [](Communicator& ranks, Control&) {
    const at::Tensor own = ranks.allocate(3000, at::kBFloat16);
    own.copy_(numbers_of(ranks.rank(), 3000));
    ranks.all_reduce(own)->wait();
    at::Tensor want = numbers_of(0, 3000).to(at::kBFloat16).to(at::kFloat);
    for (int r = 1; r < ranks.size(); ++r) {
      want = want + numbers_of(r, 3000).to(at::kBFloat16).to(at::kFloat);
    }
    EXPECT_TRUE(at::equal(own, want.to(at::kBFloat16)));
  });
}

INSTANTIATE_TEST_SUITE_P(
    Ranks, ShmCommunicatorOf, ::testing::Values(1, 2, 3, 4));

TEST(ShmCommunicator, ReducesDenseTensorsOfAnyStrides) {
  run_shm_ranks(2, [](Communicator& ranks, Control&) {
    const auto t =
        at::full({2, 3, 4, 4}, 2.0f).contiguous(at::MemoryFormat::ChannelsLast);
    ranks.all_reduce(t)->wait();
    EXPECT_TRUE(at::equal(t, at::full({2, 3, 4, 4}, 4.0f)));
  });
}

TEST(ShmCommunicator, NamesWhatItWaitedForWhenTheDeadlinePasses) {
  Waiting waiting{.timeout_s = 0.2};
  waiting.who_is_late = [] { return "rank 1 on vm"; };
  const ShmOptions options{.waiting = std::make_shared<Waiting>(waiting)};
  run_shm_ranks(
      2,
      [](Communicator& ranks, Control& control) {
        const at::Tensor t = at::full({1000}, 1.0f);
        if (ranks.rank() == 0) {
          const auto early = ranks.all_reduce(t);
          EXPECT_THAT(
              [&] { early->wait(); },
              ThrowsMessage<PeerLost>(HasSubstr(
                  "for rank 1 on vm in an all-reduce of 4000 bytes")));
        }
        control.barrier();
      },
      options);
}

/// Restores the limit at the end.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now = before_;
    now.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(ShmCommunicator, CopiesPieceByPieceWhereMemoryCantBeShared) {
  std::atomic<int> warned = 0;
  ShmOptions options;
  options.warn = [&](const std::string& why) {
    EXPECT_THAT(why, HasSubstr("ulimit -f"));
    ++warned;
  };
  const FileSizeLimit limit(4 << 20);
  run_shm_ranks(
      2,
      [](Communicator& ranks, Control&) {
        const at::Tensor own = ranks.allocate(2 << 20, at::kFloat);
        own.fill_(3);
        ranks.all_reduce(own)->wait();
        EXPECT_TRUE(own.eq(6).all().item<bool>());
      },
      options);
  EXPECT_EQ(warned, 2);
}

TEST(ShmCommunicator, SaysWhyThereIsNone) {
  const FileSizeLimit limit(1 << 20);
  testing::run_ranks(2, [](Communicator& plain, Control& control) {
    std::string problem;
    EXPECT_EQ(
        make_shm_communicator(
            {.world = control,
             .host = control,
             .plain = testing::borrowed(plain),
             .peers = nullptr,
             .places = 2},
            {},
            problem),
        nullptr);
    EXPECT_THAT(problem, HasSubstr("rank 0: "));
  });
}

TEST(ShmCommunicator, LetsMemoryOutliveIt) {
  std::vector<at::Tensor> kept(2);
  run_shm_ranks(2, [&](Communicator& ranks, Control&) {
    kept[static_cast<std::size_t>(ranks.rank())] =
        ranks.allocate(10, at::kFloat);
  });
  kept[0].fill_(1);
  EXPECT_EQ(kept[0].sum().item<float>(), 10);
}

}  // namespace
}  // namespace convoy
