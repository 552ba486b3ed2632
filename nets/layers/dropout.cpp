#include "nets/layers/dropout.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <stdexcept>
#include <vector>

#include "nets/layers/dropout_bits.h"

namespace convoy {

void fill_dropout_mask_cpu(
    const DropoutDraw& draw,
    const at::Tensor& samples,
    const at::Tensor& mask) {
  const auto* ids = samples.const_data_ptr<std::int64_t>();
  auto* out = mask.mutable_data_ptr<float>();
  const float keep = dropout_scale(draw.probability);
  const std::uint32_t limit = dropout_limit(draw.probability);
  for (std::int64_t n = 0; n < samples.numel(); ++n) {
    float* row = out + n * draw.elements;
    for (std::int64_t group = 0; group * 4 < draw.elements; ++group) {
      const FourBits bits = dropout_bits(draw.seed, draw.step, ids[n], group);
      for (int i = 0; i < 4 && group * 4 + i < draw.elements; ++i) {
        row[group * 4 + i] = bits.value[i] < limit ? 0.0f : keep;
      }
    }
  }
}

namespace {

/// [N, elements]: 0 where something is dropped, else 1 / (1 - p).
at::Tensor draw_mask(
    const at::Tensor& x,
    std::int64_t elements,
    double probability,
    const Pass& pass,
    int layer) {
  if (pass.keys.samples.numel() != x.size(0)) {
    throw std::logic_error(fmt::format(
        "a random layer got {} sample keys for a batch of {}",
        pass.keys.samples.numel(),
        x.size(0)));
  }
  if (pass.draws != nullptr) {
    ++*pass.draws;
  }
  const DropoutDraw draw{
      pass.keys.seed + static_cast<std::uint64_t>(layer),
      pass.keys.step,
      elements,
      probability};
  const at::Tensor mask =
      at::empty({x.size(0), elements}, x.options().dtype(at::kFloat));
  (x.is_cuda() ? fill_dropout_mask_cuda : fill_dropout_mask_cpu)(
      draw, pass.keys.samples, mask);
  return mask.to(x.scalar_type());
}

}  // namespace

at::Tensor dropout(
    const at::Tensor& x, double probability, const Pass& pass, int layer) {
  if (!pass.training || probability == 0) {
    return x;
  }
  const std::int64_t elements = x.numel() / x.size(0);
  return x.mul(
      draw_mask(x, elements, probability, pass, layer).view(x.sizes()));
}

at::Tensor stochastic_depth(
    const at::Tensor& x, double probability, const Pass& pass, int layer) {
  if (!pass.training || probability == 0) {
    return x;
  }
  std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
  shape[0] = x.size(0);
  return x.mul(draw_mask(x, 1, probability, pass, layer).view(shape));
}

}  // namespace convoy
