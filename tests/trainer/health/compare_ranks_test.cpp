#include "trainer/health/compare_ranks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temp_dir.h"
#include "trainer/health/rank_facts.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Level = Finding::Level;

/// Four ranks on two hosts, of which each has this value for `name`.
std::vector<RankFacts> four(
    const std::string& name, const std::vector<std::string>& values) {
  std::vector<RankFacts> ranks;
  for (std::size_t r = 0; r < 4; ++r) {
    ranks.push_back({r < 2 ? "a" : "b", {{name, values[r]}, {"equal", "1"}}});
  }
  return ranks;
}

TEST(CompareRanks, ListsWhatAllShareOnce) {
  const auto result = compare_ranks(four("nccl", {"2", "2", "2", "2"}));
  EXPECT_THAT(result.differences, IsEmpty());
  ASSERT_EQ(result.shared.size(), 2u);
  EXPECT_EQ(result.shared[0].name, "nccl");
  EXPECT_EQ(result.shared[0].value, "2");
}

TEST(CompareRanks, NamesHostsWhereAllTheirRanksAgreeAndRanksWhereNot) {
  auto result = compare_ranks(four("nccl", {"2", "2", "3", "3"}));
  ASSERT_EQ(result.differences.size(), 1u);
  EXPECT_EQ(result.differences[0].subject, "nccl");
  EXPECT_EQ(result.differences[0].seen, "2 on a; 3 on b");
  EXPECT_EQ(result.differences[0].level, Level::problem);
  EXPECT_EQ(result.shared.size(), 1u);
  result = compare_ranks(four("memory", {"9 GB", "9 GB", "8 GB", "9 GB"}));
  EXPECT_EQ(
      result.differences[0].seen,
      "9 GB on a, rank 3 of b; 8 GB on rank 2 of b");
}

TEST(CompareRanks, AVariableThatSomeDoNotHaveIsNotSetThere) {
  const std::vector<RankFacts> ranks{{"a", {}}, {"b", {{"NCCL_ALGO", "Ring"}}}};
  const auto result = compare_ranks(ranks);
  ASSERT_EQ(result.differences.size(), 1u);
  EXPECT_EQ(result.differences[0].seen, "not set on a; Ring on b");
  EXPECT_EQ(result.differences[0].level, Level::note);
  EXPECT_THAT(result.differences[0].remedy, HasSubstr("mpirun -x NCCL_ALGO"));
}

TEST(CompareRanks, IsAProblemWhereARunWouldBeRefused) {
  const auto level = [](const std::string& name, const std::string& other) {
    return compare_ranks(four(name, {"x", "x", "x", other}))
        .differences.at(0)
        .level;
  };
  EXPECT_EQ(level("build", "y"), Level::problem);
  EXPECT_EQ(level("data /d/train.lmdb", "not there"), Level::problem);
  EXPECT_EQ(level("GPUs", "none"), Level::problem);
  EXPECT_EQ(level("GPUs", "1 x y"), Level::note);
  EXPECT_EQ(level("processor", "y"), Level::note);
}

TEST(CompareRanks, ClocksMayBeTwoSecondsApart) {
  EXPECT_FALSE(compare_clocks({"a", "b"}, {100, 101.9}));
  EXPECT_FALSE(compare_clocks({"a"}, {100}));
  const auto far = compare_clocks({"a", "b", "c"}, {100, 95, 100});
  ASSERT_TRUE(far);
  EXPECT_EQ(far->seen, "a is 5 s ahead of b");
}

TEST(CompareRanks, CountsRanksByHost) {
  EXPECT_EQ(count_by_host({"a", "b", "a"}), "2 on a, 1 on b");
}

TEST(RankFacts, ComparesWhatUsersSetAndNothingElse) {
  for (const char* name :
       {"OMP_NUM_THREADS", "NCCL_ALGO", "OMPI_MCA_btl", "LD_PRELOAD"}) {
    EXPECT_TRUE(is_compared(name)) << name;
  }
  for (const char* name :
       {"OMPI_MCA_ess_base_vpid",
        "OMPI_MCA_orte_hnp_uri",
        "AWS_SECRET_ACCESS_KEY",
        "HOME"}) {
    EXPECT_FALSE(is_compared(name)) << name;
  }
}

TEST(RankFacts, CountsGpusByModel) {
  GpuReport report;
  EXPECT_EQ(describe_gpus(report), kNoGpus);
  report.gpus = {{0, "H200"}, {1, "A100"}, {2, "H200"}};
  EXPECT_EQ(describe_gpus(report), "1 x A100, 2 x H200");
  report.problem = "too old";
  EXPECT_EQ(describe_gpus(report), "unusable: too old");
}

TEST(RankFacts, ADatabaseIsThereWithItsSizeOrAProblem) {
  const testing::TempDir folder;
  EXPECT_EQ(examine_data(folder.path().string()).level, Level::problem);
  std::ofstream(folder.path() / "data.mdb") << "12345";
  const Finding there = examine_data(folder.path().string());
  EXPECT_EQ(there.level, Level::good);
  EXPECT_THAT(there.seen, HasSubstr("5 bytes"));
  for (const RankFact& fact : machine_facts({folder.path().string()})) {
    EXPECT_THAT(fact.name, Not(IsEmpty()));
    EXPECT_EQ(fact.value.find('\n'), std::string::npos) << fact.name;
  }
}

}  // namespace
}  // namespace convoy
