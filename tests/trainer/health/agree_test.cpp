#include "trainer/health/agree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "tests/support/thread_ranks.h"

namespace convoy {
namespace {

/// What each of three ranks learns when `work` is agreed on; code 0: nothing.
std::vector<Failure> outcomes(const std::function<void(int rank)>& work) {
  std::vector<Failure> all(3, Failure{ExitCode::done, ""});
  testing::run_ranks(3, [&](Communicator&, Control& control) {
    try {
      agreed(control, "host" + std::to_string(control.rank()), [&] {
        work(control.rank());
      });
    } catch (const AgreedFailure& e) {
      all[control.rank()] = {e.code, e.what()};
    }
  });
  return all;
}

TEST(Agreed, IsQuietWhenAllGoesWell) {
  int sum = 0;
  for (const Failure& outcome : outcomes([&](int) {})) {
    EXPECT_EQ(outcome.code, ExitCode::done);
    ++sum;
  }
  EXPECT_EQ(sum, 3);
}

TEST(Agreed, TellsEveryRankWhichOneFailedAndWhere) {
  const auto all = outcomes([](int rank) {
    if (rank == 1) {
      throw BadData("a record is damaged");
    }
  });
  for (const Failure& outcome : all) {
    EXPECT_EQ(outcome.code, ExitCode::bad_data);
    EXPECT_EQ(outcome.message, "rank 1 on host1: a record is damaged");
  }
}

TEST(Agreed, SaysOnceWhatIsWrongEverywhere) {
  const auto all = outcomes([](int) { throw ConfigError("two\nproblems"); });
  for (const Failure& outcome : all) {
    EXPECT_EQ(outcome.code, ExitCode::config);
    EXPECT_EQ(outcome.message, "two\nproblems");
  }
}

TEST(Agreed, NamesTheFirstOfSeveralDifferentFailures) {
  const auto all = outcomes([](int rank) {
    if (rank > 0) {
      throw MissingInput("no file " + std::to_string(rank));
    }
  });
  for (const Failure& outcome : all) {
    EXPECT_EQ(outcome.code, ExitCode::missing_input);
    EXPECT_EQ(outcome.message, "rank 1 on host1: no file 1");
  }
}

}  // namespace
}  // namespace convoy
