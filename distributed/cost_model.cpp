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

double all_reduce_s(std::int64_t bytes, const Cluster& c) {
  const int mates = std::min(c.ranks, c.ranks_per_host);
  const int hosts = (c.ranks + mates - 1) / mates;
  return ring_all_reduce_s(bytes, mates, c.inside) +
         ring_all_reduce_s(bytes, hosts, c.between);
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

double ring_all_reduce_s(std::int64_t bytes, int ranks, const Link& link) {
  const double messages = 2.0 * (ranks - 1);
  return messages * (link.latency_s + static_cast<double>(bytes) / ranks *
                                          link.seconds_per_byte);
}

Prediction predict_step(const StepProfile& profile, const Cluster& cluster) {
  double free_s = 0;
  for (const BucketArrival& bucket : profile.buckets) {
    free_s =
        std::max(free_s, bucket.ready_s) + all_reduce_s(bucket.bytes, cluster);
  }
  Prediction result{.ranks = cluster.ranks};
  result.exposed_s =
      cluster.ranks > 1 ? std::max(0.0, free_s - profile.backward_end_s) : 0;
  result.step_s = profile.step_s + result.exposed_s;
  result.efficiency = profile.step_s / result.step_s;
  return result;
}

}  // namespace convoy
