#pragma once
// Which gradients travel together: a pure function of the network and two
// sizes, so that it is the same on every rank, in every run and after a resume.

#include <cstdint>
#include <vector>

namespace convoy {

/// One all-reduce: the range [offset, offset + length) of the gradient arena.
struct Bucket {
  std::vector<int> parameters;  ///< indices, in the order they lie in the arena
  std::int64_t offset = 0;      ///< elements
  std::int64_t length = 0;      ///< elements
};

struct BucketPlan {
  std::vector<Bucket> buckets;        ///< in launch order
  std::vector<std::int64_t> offsets;  ///< by parameter: its place in the arena
  std::int64_t length = 0;            ///< elements of the arena
};

/// Packs parameters into buckets in reverse order of registration, which is
/// close to the order in which backward finishes them. A parameter is never
/// cut; the first bucket is held to `first_bucket_bytes` so that communication
/// starts early, the others close when they reach `bucket_bytes`. Offsets are
/// multiples of 64 bytes.
BucketPlan plan_buckets(
    const std::vector<std::int64_t>& parameter_elements,
    std::int64_t element_bytes,
    std::int64_t bucket_bytes,
    std::int64_t first_bucket_bytes);

}  // namespace convoy
