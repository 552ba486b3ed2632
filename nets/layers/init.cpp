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

void init_normal(
    at::Tensor tensor, double mean, double deviation, at::Generator generator) {
  tensor.detach().normal_(mean, deviation, std::move(generator));
}

void init_truncated_normal(
    at::Tensor tensor,
    double deviation,
    double bound,
    at::Generator generator) {
  const double edge = std::erf(bound / deviation / std::sqrt(2.0));
  tensor.detach()
      .uniform_(-edge, edge, std::move(generator))
      .erfinv_()
      .mul_(deviation * std::sqrt(2.0))
      .clamp_(-bound, bound);
}

void init_kaiming_uniform(at::Tensor weight, at::Generator generator) {
  const double bound = std::sqrt(6.0 / static_cast<double>(fan_in(weight)));
  weight.detach().uniform_(-bound, bound, std::move(generator));
}

void init_kaiming_fan_in(at::Tensor weight, at::Generator generator) {
  const double deviation = std::sqrt(2.0 / static_cast<double>(fan_in(weight)));
  weight.detach().normal_(0, deviation, std::move(generator));
}

void init_caffe_xavier(at::Tensor weight, at::Generator generator) {
  const double bound = std::sqrt(3.0 / static_cast<double>(fan_in(weight)));
  weight.detach().uniform_(-bound, bound, std::move(generator));
}

void init_kaiming_fan_out(at::Tensor weight, at::Generator generator) {
  const double fan_out =
      static_cast<double>(weight.numel()) / static_cast<double>(weight.size(1));
  weight.detach().normal_(0, std::sqrt(2 / fan_out), std::move(generator));
}

}  // namespace convoy
