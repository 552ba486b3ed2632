#include "nets/layers/init.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>

namespace convoy {

at::Generator init_generator(std::uint64_t seed) {
  return at::detail::createCPUGenerator(seed);
}

std::int64_t fan_in(const at::Tensor& weight) {
  return weight.numel() / weight.size(0);
}

void init_uniform(
    at::Tensor tensor, std::int64_t fan, at::Generator generator) {
  const double bound = 1 / std::sqrt(static_cast<double>(fan));
  tensor.detach().uniform_(-bound, bound, std::move(generator));
}

void init_kaiming_fan_out(at::Tensor weight, at::Generator generator) {
  const double fan_out =
      static_cast<double>(weight.numel()) / static_cast<double>(weight.size(1));
  weight.detach().normal_(0, std::sqrt(2 / fan_out), std::move(generator));
}

}  // namespace convoy
