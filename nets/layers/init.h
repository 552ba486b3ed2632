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

/// N(mean, deviation).
void init_normal(
    at::Tensor tensor, double mean, double deviation, at::Generator generator);

/// N(0, deviation) cut off at -bound and bound, by inversion of the error
/// function as PyTorch's trunc_normal_.
void init_truncated_normal(
    at::Tensor tensor, double deviation, double bound, at::Generator generator);

/// U(-sqrt(6 / fan_in), sqrt(6 / fan_in)), He et al. 2015 in its uniform form
/// for layers before a ReLU.
void init_kaiming_uniform(at::Tensor weight, at::Generator generator);

/// N(0, sqrt(2 / fan_in)), He et al. 2015 in its fan-in form.
void init_kaiming_fan_in(at::Tensor weight, at::Generator generator);

/// U(-sqrt(3 / fan_in), sqrt(3 / fan_in)): the filler that Caffe names
/// "xavier", after Glorot and Bengio 2010.
void init_caffe_xavier(at::Tensor weight, at::Generator generator);

/// N(0, sqrt(2 / fan_out)), He et al. 2015 in its fan-out form.
void init_kaiming_fan_out(at::Tensor weight, at::Generator generator);

}  // namespace convoy
