#pragma once
// What a training step will take on ranks that one does not have: pure
// arithmetic on a step that was measured.

#include <cstdint>
#include <string_view>
#include <vector>

namespace convoy {

/// What a message costs: `latency_s` and `seconds_per_byte` of its length, on
/// the way from one host (or GPU) to the next.
struct Link {
  double latency_s = 0;
  double seconds_per_byte = 0;
};

/// "10gbit", "100mbit", "25gbit:5us" (the latency; 50 us unless told, as TCP
/// has), "450gbyte:3us". Ethernet carries 94.9 % of its name (1460 of 1538
/// bytes of a frame). Throws std::invalid_argument.
Link parse_link(std::string_view text);

/// What an all-reduce costs: a line over its length.
struct AllReduceCost {
  double latency_s = 0;
  double seconds_per_byte = 0;

  double of(std::int64_t bytes) const {
    return latency_s + seconds_per_byte * static_cast<double>(bytes);
  }
};

/// In a ring (Thakur et al., 2005): 2 (n - 1) messages of 1 / n of the bytes.
AllReduceCost ring_cost(int ranks, const Link& link);

/// What an all-reduce of `bytes` took.
struct Timing {
  std::int64_t bytes = 0;
  double seconds = 0;
};

/// The line that misses the timings by the least share of each, squared;
/// neither latency nor slope below 0. Of one timing: no latency.
AllReduceCost fit_cost(const std::vector<Timing>& timings);

/// Megabytes (2^20 bytes) of a bucket of which a twentieth of the time is
/// latency, to a power of two in 1 to 64: larger ones start later and gain
/// little. 1 where nothing costs anything: on one rank.
double bucket_mb_for(const AllReduceCost& cost);

/// A bucket of gradients and when backward has it ready.
struct BucketArrival {
  std::int64_t bytes = 0;
  double ready_s = 0;  ///< after the beginning of the last micro-batch
};

/// A step as one rank does it.
struct StepProfile {
  double step_s = 0;          ///< all of it, without communication
  double backward_end_s = 0;  ///< after the beginning of the last micro-batch
  std::vector<BucketArrival> buckets;  ///< in the order of their launch
};

/// The same profile where a micro-batch takes so many seconds from its
/// beginning to the end of backward: a host's clock says of a GPU's work in
/// what share of its time it was done, not when.
StepProfile stretched(StepProfile profile, double micro_batch_s);

/// What of the buckets' all-reduces backward does not hide: they travel one
/// after the other, each as soon as it is ready.
double exposed_s(const StepProfile& profile, const AllReduceCost& cost);

/// What it takes to bring every rank the parameters that others have updated,
/// behind a step of the same buckets: half an all-reduce, which nothing hides.
double gather_s(const StepProfile& profile, const AllReduceCost& cost);

struct Cluster {
  int ranks = 1;
  int ranks_per_host = 1;
  Link inside;   ///< a host
  Link between;  ///< hosts, of one host
};

struct Prediction {
  int ranks = 1;
  double step_s = 0;
  double exposed_s = 0;  ///< of it: communication that backward does not hide
  double efficiency = 1;
};

/// Inside the hosts, and between them a slice by each rank of a host, who share
/// its link.
AllReduceCost cluster_cost(const Cluster& cluster);

/// Of a step whose ranks exchange gradients at such a cost. They are taken to
/// be equally quick, and communication to take no time from computing.
Prediction predict_step(
    const StepProfile& profile, int ranks, const AllReduceCost& cost);

/// At cluster_cost().
Prediction predict_step(const StepProfile& profile, const Cluster& cluster);

}  // namespace convoy
