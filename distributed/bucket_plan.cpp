#include "distributed/bucket_plan.h"

namespace convoy {

BucketPlan plan_buckets(
    const std::vector<std::int64_t>& parameter_elements,
    std::int64_t element_bytes,
    std::int64_t bucket_bytes,
    std::int64_t first_bucket_bytes) {
  const std::int64_t align = 64 / element_bytes;
  BucketPlan plan;
  plan.offsets.resize(parameter_elements.size());
  Bucket open;
  const auto close = [&] {
    if (!open.parameters.empty()) {
      open.length = plan.length - open.offset;
      plan.buckets.push_back(std::move(open));
    }
    open = Bucket{{}, plan.length, 0};
  };
  for (int p = static_cast<int>(parameter_elements.size()) - 1; p >= 0; --p) {
    plan.offsets[p] = plan.length;
    open.parameters.push_back(p);
    plan.length += (parameter_elements[p] + align - 1) / align * align;
    const std::int64_t limit =
        plan.buckets.empty() ? first_bucket_bytes : bucket_bytes;
    if ((plan.length - open.offset) * element_bytes >= limit) {
      close();
    }
  }
  close();
  return plan;
}

}  // namespace convoy
