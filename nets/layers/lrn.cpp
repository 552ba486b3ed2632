#include "nets/layers/lrn.h"

#include <ATen/ops/constant_pad_nd.h>
#include <fmt/format.h>

#include <stdexcept>

namespace convoy {

// The window is summed by shifted views: the gradient of a pooling over
// channels has no kernel on a GPU that repeats bit by bit.
at::Tensor local_response_norm(const at::Tensor& x, const LrnOptions& options) {
  if (options.size < 1 || options.size % 2 == 0) {
    throw std::invalid_argument(fmt::format(
        "local response normalisation over {} channels; want an odd number, "
        "so that the window has a centre",
        options.size));
  }
  const std::int64_t side = options.size / 2;
  const at::Tensor values =
      x.to(x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat);
  const at::Tensor squares =
      at::constant_pad_nd(values.square(), {0, 0, 0, 0, side, side});
  at::Tensor sum = squares.narrow(1, 0, x.size(1));
  for (std::int64_t shift = 1; shift < options.size; ++shift) {
    sum = sum.add(squares.narrow(1, shift, x.size(1)));
  }
  const at::Tensor scale =
      sum.mul(options.alpha / options.size).add(options.k).pow(-options.beta);
  return values.mul(scale).to(x.scalar_type());
}

}  // namespace convoy
