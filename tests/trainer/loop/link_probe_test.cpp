#include "trainer/loop/link_probe.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

std::vector<ReduceTiming> timings_of(const Link& link, int ranks) {
  std::vector<ReduceTiming> timings;
  for (const std::int64_t bytes : {1 << 14, 1 << 18, 1 << 22, 1 << 24}) {
    timings.push_back({bytes, ring_all_reduce_s(bytes, ranks, link)});
  }
  return timings;
}

TEST(FitLink, FindsTheLinkThatMadeTheTimings) {
  for (const int ranks : {2, 3, 8}) {
    const Link link = fit_link(timings_of({20e-6, 1e-9}, ranks), ranks);
    EXPECT_NEAR(link.latency_s, 20e-6, 1e-12);
    EXPECT_NEAR(link.seconds_per_byte, 1e-9, 1e-15);
  }
}

TEST(FitLink, CountsErrorsBySize) {
  // The largest takes a tenth longer: the latency, which the smallest show,
  // stays.
  auto timings = timings_of({20e-6, 1e-9}, 2);
  timings.back().seconds *= 1.1;
  const Link link = fit_link(timings, 2);
  EXPECT_NEAR(link.latency_s, 20e-6, 2e-6);
  EXPECT_GT(link.seconds_per_byte, 1e-9);
  EXPECT_LT(link.seconds_per_byte, 1.1e-9);
}

TEST(FitLink, NeverGivesWhatNoLinkHas) {
  // Twice the bytes in more than twice the time: no latency.
  const Link slow = fit_link({{1000, 1e-3}, {2000, 3e-3}}, 2);
  EXPECT_EQ(slow.latency_s, 0);
  EXPECT_GT(slow.seconds_per_byte, 0);
  // More bytes in less time: all of it latency.
  const Link quick = fit_link({{1000, 2e-3}, {2000, 1e-3}}, 2);
  EXPECT_EQ(quick.seconds_per_byte, 0);
  EXPECT_GT(quick.latency_s, 0);
}

}  // namespace
}  // namespace convoy
