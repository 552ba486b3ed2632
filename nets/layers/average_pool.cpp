#include "nets/layers/average_pool.h"

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/cat.h>

#include <vector>

namespace convoy {
namespace {

at::Tensor average_along(const at::Tensor& x, int dim, int windows) {
  const std::int64_t size = x.size(dim);
  std::vector<at::Tensor> means;
  for (std::int64_t i = 0; i < windows; ++i) {
    const std::int64_t begin = i * size / windows;
    const std::int64_t end = ((i + 1) * size + windows - 1) / windows;
    means.push_back(x.narrow(dim, begin, end - begin).mean(dim, true));
  }
  return at::cat(means, dim);
}

}  // namespace

at::Tensor average_to(const at::Tensor& x, int side) {
  if (x.size(2) == side && x.size(3) == side) {
    return x;  // each mean would be of one value
  }
  return x.is_cpu() ? at::adaptive_avg_pool2d(x, {side, side})
                    : average_by_slices(x, side);
}

at::Tensor average_by_slices(const at::Tensor& x, int side) {
  return average_along(average_along(x, 2, side), 3, side);
}

}  // namespace convoy
