#include "distributed/cost_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string>

namespace convoy {
namespace {

constexpr double kFrameShare =
    1460.0 / 1538;  ///< of Ethernet: what TCP carries
constexpr double kTcpLatency = 50e-6;

[[noreturn]] void refuse(std::string_view text) {
  throw std::invalid_argument(fmt::format(
      "link \"{}\": want a rate and, if known, a latency, such as 10gbit, "
      "100mbit, 25gbit:5us or 450gbyte:3us",
      text));
}

/// The number that `word` begins with; what follows it in `unit`.
double number_and_unit(
    std::string_view word, std::string_view whole, std::string_view& unit) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || !(value > 0) || value > 1e9) {
    refuse(whole);
  }
  unit = word.substr(static_cast<std::size_t>(end - word.data()));
  return value;
}

double bytes_per_second(double value, std::string_view unit) {
  if (unit == "mbit") {
    return value * 1e6 / 8 * kFrameShare;
  }
  if (unit == "gbit") {
    return value * 1e9 / 8 * kFrameShare;
  }
  return unit == "gbyte" ? value * 1e9 : 0;
}

double seconds(double value, std::string_view unit) {
  return unit == "us" ? value * 1e-6 : unit == "ms" ? value * 1e-3 : 0;
}

}  // namespace

Link parse_link(std::string_view text) {
  const std::size_t colon = text.find(':');
  std::string_view unit;
  const double rate = number_and_unit(text.substr(0, colon), text, unit);
  const double rate_bytes = bytes_per_second(rate, unit);
  double latency = kTcpLatency;
  if (colon != std::string_view::npos) {
    const double value = number_and_unit(text.substr(colon + 1), text, unit);
    latency = seconds(value, unit);
  }
  if (rate_bytes == 0 || latency == 0) {
    refuse(text);
  }
  return {latency, 1 / rate_bytes};
}

AllReduceCost ring_cost(int ranks, const Link& link) {
  const double messages = 2.0 * (ranks - 1);
  return {messages * link.latency_s, messages / ranks * link.seconds_per_byte};
}

AllReduceCost fit_cost(const std::vector<Timing>& timings) {
  // Least squares of 1 = (latency + slope * bytes) / seconds.
  double aa = 0;
  double ab = 0;
  double bb = 0;
  double a1 = 0;
  double b1 = 0;
  for (const Timing& timing : timings) {
    const double a = 1 / timing.seconds;
    const double b = static_cast<double>(timing.bytes) / timing.seconds;
    aa += a * a;
    ab += a * b;
    bb += b * b;
    a1 += a;
    b1 += b;
  }
  const double determinant = aa * bb - ab * ab;
  if (timings.size() < 2 || determinant <= 0) {
    return {0, bb > 0 ? b1 / bb : 0};
  }
  const AllReduceCost both{
      (a1 * bb - b1 * ab) / determinant, (b1 * aa - a1 * ab) / determinant};
  if (both.latency_s < 0) {
    return {0, b1 / bb};
  }
  return both.seconds_per_byte < 0 ? AllReduceCost{a1 / aa, 0} : both;
}

double bucket_mb_for(const AllReduceCost& cost) {
  constexpr double kLatencyShare = 0.05;
  constexpr double kLeast = 1;
  constexpr double kMost = 64;
  if (cost.seconds_per_byte <= 0) {
    return cost.latency_s > 0 ? kMost : kLeast;
  }
  const double bytes = cost.latency_s / cost.seconds_per_byte *
                       (1 - kLatencyShare) / kLatencyShare;
  double mb = kLeast;
  while (mb < kMost && mb * (1 << 20) < bytes) {
    mb *= 2;
  }
  return mb;
}

StepProfile stretched(StepProfile profile, double micro_batch_s) {
  const double scale = micro_batch_s / profile.backward_end_s;
  profile.backward_end_s = micro_batch_s;
  for (BucketArrival& bucket : profile.buckets) {
    bucket.ready_s *= scale;
  }
  return profile;
}

double gather_s(const StepProfile& profile, const AllReduceCost& cost) {
  double seconds = 0;
  for (const BucketArrival& bucket : profile.buckets) {
    seconds += cost.of(bucket.bytes) / 2;
  }
  return seconds;
}

double exposed_s(const StepProfile& profile, const AllReduceCost& cost) {
  double free_s = 0;
  for (const BucketArrival& bucket : profile.buckets) {
    free_s = std::max(free_s, bucket.ready_s) + cost.of(bucket.bytes);
  }
  return std::max(0.0, free_s - profile.backward_end_s);
}

AllReduceCost cluster_cost(const Cluster& cluster) {
  const int mates = std::min(cluster.ranks, cluster.ranks_per_host);
  const int hosts = (cluster.ranks + mates - 1) / mates;
  const AllReduceCost inside = ring_cost(mates, cluster.inside);
  const AllReduceCost between = ring_cost(hosts, cluster.between);
  return {
      inside.latency_s + between.latency_s,
      inside.seconds_per_byte + between.seconds_per_byte};
}

Prediction predict_step(const StepProfile& profile, const Cluster& cluster) {
  return predict_step(profile, cluster.ranks, cluster_cost(cluster));
}

Prediction predict_step(
    const StepProfile& profile, int ranks, const AllReduceCost& cost) {
  Prediction result{.ranks = ranks};
  result.exposed_s = ranks > 1 ? exposed_s(profile, cost) : 0;
  result.step_s = profile.step_s + result.exposed_s;
  result.efficiency = profile.step_s / result.step_s;
  return result;
}

}  // namespace convoy
