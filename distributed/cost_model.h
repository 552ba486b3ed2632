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

/// Seconds of an all-reduce of `bytes` over `ranks` in a ring (Thakur et al.,
/// 2005): 2 (n - 1) messages of 1 / n of the bytes.
double ring_all_reduce_s(std::int64_t bytes, int ranks, const Link& link);

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

/// Buckets travel one after the other, each as soon as it is ready: inside the
/// hosts, and between them a slice by each rank of a host, who share its link.
/// Ranks are taken to be equally quick, and communication to take no time from
/// computing.
Prediction predict_step(const StepProfile& profile, const Cluster& cluster);

}  // namespace convoy
