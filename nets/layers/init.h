#pragma once
// Initial values, as PyTorch's layers and torchvision's networks draw them. The
// generator is always given: nothing draws from the default one.

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace convoy {

/// A generator for initialisation, keyed by the run's seed.
at::Generator init_generator(std::uint64_t seed);

/// Fan-in of a weight [out, in / groups, kernel...].
std::int64_t fan_in(const at::Tensor& weight);

/// U(-1 / sqrt(fan), 1 / sqrt(fan)): PyTorch's default for weights and biases
/// of convolutions and linear layers.
void init_uniform(at::Tensor tensor, std::int64_t fan, at::Generator generator);

/// N(0, sqrt(2 / fan_out)), He et al. 2015 in its fan-out form.
void init_kaiming_fan_out(at::Tensor weight, at::Generator generator);

}  // namespace convoy
