#include "distributed/bucket_plan.h"

#include <algorithm>
#include <numeric>

namespace convoy {
namespace {

/// Where in `order` the last bucket begins.
std::size_t begin_of_last(
    const std::vector<std::int64_t>& bytes,
    const std::vector<int>& order,
    std::int64_t least) {
  std::size_t begin = order.size();
  for (std::int64_t sum = 0; begin > 0 && sum < least;) {
    sum += bytes[static_cast<std::size_t>(order[--begin])];
  }
  return begin;
}

}  // namespace

BucketPlan plan_buckets(
    const std::vector<std::int64_t>& parameter_elements,
    const std::vector<int>& order,
    std::int64_t element_bytes,
    const BucketSizes& sizes) {
  constexpr std::int64_t kAlign = 64;
  std::vector<std::int64_t> bytes;
  for (const std::int64_t elements : parameter_elements) {
    bytes.push_back((elements * element_bytes + kAlign - 1) / kAlign * kAlign);
  }
  const std::size_t last = begin_of_last(bytes, order, sizes.ends_bytes);
  BucketPlan plan;
  plan.offsets.resize(parameter_elements.size());
  Bucket open;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto p = static_cast<std::size_t>(order[i]);
    plan.offsets[p] = plan.length;
    open.parameters.push_back(order[i]);
    plan.length += bytes[p] / element_bytes;
    open.length = plan.length - open.offset;
    const std::int64_t limit =
        plan.buckets.empty() ? sizes.ends_bytes : sizes.bytes;
    if (open.length * element_bytes >= limit || i + 1 == last ||
        i + 1 == order.size()) {
      const std::int64_t multiple =
          sizes.parts * (sizes.part_bytes / element_bytes);
      open.length = (open.length + multiple - 1) / multiple * multiple;
      plan.length = open.offset + open.length;
      plan.buckets.push_back(std::move(open));
      open = Bucket{{}, plan.length, 0};
    }
  }
  return plan;
}

std::vector<Shard> shards_of(
    const BucketPlan& plan,
    const std::vector<std::int64_t>& parameter_elements,
    int part,
    int parts) {
  std::vector<Shard> shards;
  for (const Bucket& bucket : plan.buckets) {
    const std::int64_t length = bucket.length / parts;
    const std::int64_t from = bucket.offset + part * length;
    for (const int parameter : bucket.parameters) {
      const auto p = static_cast<std::size_t>(parameter);
      const std::int64_t begin = std::max(from, plan.offsets[p]);
      const std::int64_t end =
          std::min(from + length, plan.offsets[p] + parameter_elements[p]);
      if (begin < end) {
        shards.push_back({parameter, begin, end});
      }
    }
  }
  return shards;
}

std::vector<int> reverse_order(std::size_t count) {
  std::vector<int> order(count);
  std::iota(order.rbegin(), order.rend(), 0);
  return order;
}

}  // namespace convoy
