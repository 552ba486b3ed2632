#include "distributed/cost_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(CostModel, BringsUpdatedParametersBackForHalfAnAllReduceEach) {
  const StepProfile profile{.buckets = {{1000, 0.1}, {3000, 0.2}}};
  EXPECT_DOUBLE_EQ(gather_s(profile, {1.0, 0.001}), (2.0 + 4.0) / 2);
}

TEST(ParseLink, TakesARateAndALatency) {
  const Link tcp = parse_link("10gbit");
  EXPECT_DOUBLE_EQ(tcp.latency_s, 50e-6);
  EXPECT_NEAR(1 / tcp.seconds_per_byte, 10e9 / 8 * 0.949, 1e6);
  EXPECT_DOUBLE_EQ(
      parse_link("100mbit").seconds_per_byte, 100 * tcp.seconds_per_byte);
  const Link nvlink = parse_link("450gbyte:3us");
  EXPECT_DOUBLE_EQ(nvlink.latency_s, 3e-6);
  EXPECT_DOUBLE_EQ(1 / nvlink.seconds_per_byte, 450e9);
  EXPECT_DOUBLE_EQ(parse_link("1.5gbit:2ms").latency_s, 2e-3);
}

TEST(ParseLink, RefusesWhatIsNone) {
  for (const char* text :
       {"",
        "10",
        "gbit",
        "10gb",
        "-1gbit",
        "0gbit",
        "1gbit:",
        "1gbit:5",
        "1gbit:5s",
        "nangbit",
        "1e300gbit"}) {
    EXPECT_THAT(
        [&] { parse_link(text); },
        ThrowsMessage<std::invalid_argument>(HasSubstr("such as 10gbit")))
        << text;
  }
}

TEST(RingCost, IsOfTwiceAllButTheOwnPart) {
  const Link link{.latency_s = 0.5, .seconds_per_byte = 1};
  EXPECT_EQ(ring_cost(1, link).of(100), 0);
  EXPECT_EQ(ring_cost(2, link).of(100), 2 * (0.5 + 50));
  EXPECT_EQ(ring_cost(4, link).of(100), 6 * (0.5 + 25));
}

TEST(FitCost, FindsTheLineThatTimingsAreOn) {
  const AllReduceCost line{5e-6, 1e-10};
  std::vector<Timing> timings;
  for (std::int64_t bytes = 4 << 10; bytes <= 16 << 20; bytes *= 8) {
    timings.push_back({bytes, line.of(bytes)});
  }
  const AllReduceCost found = fit_cost(timings);
  EXPECT_NEAR(found.latency_s, line.latency_s, 1e-12);
  EXPECT_NEAR(found.seconds_per_byte, line.seconds_per_byte, 1e-16);
}

TEST(FitCost, IsNeverNegative) {
  // Longer ones went quicker than in proportion, then not at all slower.
  const AllReduceCost steep = fit_cost({{1000, 1e-6}, {2000, 1e-3}});
  EXPECT_EQ(steep.latency_s, 0);
  EXPECT_GT(steep.seconds_per_byte, 0);
  const AllReduceCost flat = fit_cost({{1000, 2e-3}, {2000, 1e-3}});
  EXPECT_GT(flat.latency_s, 0);
  EXPECT_EQ(flat.seconds_per_byte, 0);
  EXPECT_EQ(fit_cost({{1000, 1}}).seconds_per_byte, 1e-3);
  EXPECT_EQ(fit_cost({}).of(1000), 0);
}

TEST(BucketMb, MakesLatencyATwentiethAtMost) {
  for (const AllReduceCost cost :
       {AllReduceCost{10e-6, 1e-10},
        AllReduceCost{200e-6, 1 / 120e6},
        AllReduceCost{30e-6, 1 / 400e9}}) {
    const double mb = bucket_mb_for(cost);
    const auto bytes = static_cast<std::int64_t>(mb * (1 << 20));
    EXPECT_LE(cost.latency_s, mb < 64 ? 0.05 * cost.of(bytes) : 1);
    EXPECT_GT(cost.latency_s, mb > 1 ? 0.05 * cost.of(bytes / 2) : 0);
  }
  EXPECT_EQ(bucket_mb_for({0, 1e-9}), 1);
  EXPECT_EQ(bucket_mb_for({1e-6, 0}), 64);
  EXPECT_EQ(bucket_mb_for({}), 1);
}

/// Two buckets, ready after 1 and 4 seconds of a backward of 4, in a step of 6.
StepProfile two_buckets() {
  return {6, 4, {{100, 1}, {10, 4}}};
}

Cluster hosts_of_one_rank(int ranks, double seconds_per_byte) {
  return {
      .ranks = ranks,
      .ranks_per_host = 1,
      .inside = {},
      .between = {0, seconds_per_byte}};
}

TEST(PredictStep, HidesWhatBackwardCoversAndAddsTheRest) {
  // 100 bytes in 2 s: over before the second bucket is ready; that takes 0.2.
  const Prediction quick =
      predict_step(two_buckets(), hosts_of_one_rank(2, 0.02));
  EXPECT_NEAR(quick.exposed_s, 0.2, 1e-12);
  EXPECT_NEAR(quick.step_s, 6.2, 1e-12);
  EXPECT_NEAR(quick.efficiency, 6 / 6.2, 1e-12);
  // 10 s from second 1 on, then 1 s more, of which 4 are hidden.
  EXPECT_NEAR(
      predict_step(two_buckets(), hosts_of_one_rank(2, 0.1)).exposed_s,
      1 + 10 + 1 - 4,
      1e-12);
}

TEST(PredictStep, OfOneRankIsTheStep) {
  const Prediction one = predict_step(two_buckets(), hosts_of_one_rank(1, 9));
  EXPECT_EQ(one.exposed_s, 0);
  EXPECT_EQ(one.efficiency, 1);
}

TEST(PredictStep, AddsWhatIsInsideHostsToWhatIsBetweenThem) {
  const Cluster cluster{
      .ranks = 8,
      .ranks_per_host = 4,
      .inside = {0, 0.001},
      .between = {0, 0.1}};
  const StepProfile one_bucket{6, 4, {{100, 4}}};
  EXPECT_NEAR(
      predict_step(one_bucket, cluster).exposed_s,
      6 * 25 * 0.001 + 2 * 50 * 0.1,
      1e-12);
}

}  // namespace
}  // namespace convoy
