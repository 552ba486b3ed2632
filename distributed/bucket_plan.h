#pragma once
// Which gradients travel together: a pure function of an order and two sizes,
// so that it is the same on every rank and after a resume.

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

struct BucketSizes {
  std::int64_t bytes = 0;       ///< a bucket closes when it reaches this
  std::int64_t ends_bytes = 0;  ///< the first and the last: less
  int parts = 1;  ///< a bucket's length is that of so many equal parts...
  std::int64_t part_bytes = 64;  ///< ...each of a multiple of this
};

/// Packs parameters into buckets in `order`, that in which backward finishes
/// them: each index once. A parameter is never cut. The first bucket is small
/// so that communication starts early, the last so that little is left to do
/// when backward ends. Offsets are multiples of 64 bytes; where there are
/// several parts, each is of whole pages, 4 KB.
BucketPlan plan_buckets(
    const std::vector<std::int64_t>& parameter_elements,
    const std::vector<int>& order,
    std::int64_t element_bytes,
    const BucketSizes& sizes);

/// What one of several ranks owns of a parameter: elements [begin, end) of the
/// arena.
struct Shard {
  int parameter = 0;
  std::int64_t begin = 0;
  std::int64_t end = 0;

  bool operator==(const Shard&) const = default;
};

/// Where part `part` of each bucket's `parts` meets the parameters, in the
/// order of the arena.
std::vector<Shard> shards_of(
    const BucketPlan& plan,
    const std::vector<std::int64_t>& parameter_elements,
    int part,
    int parts);

/// count - 1, ..., 0: close to the order in which backward finishes parameters,
/// before that is known.
std::vector<int> reverse_order(std::size_t count);

}  // namespace convoy
