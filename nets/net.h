#pragma once
// A classifier: images in, logits out.

#include <ATen/core/Generator.h>

#include <map>
#include <string>
#include <vector>

#include "nets/layers/init.h"
#include "nets/module.h"
#include "nets/pass.h"

namespace convoy {

/// NetOptions::dropout and ::stochastic_depth when the network's own is wanted.
constexpr double kOwnDropout = -1;

/// What can be chosen when a network is built.
struct NetOptions {
  int classes = 1000;
  int channels = 3;              ///< input channels: 3 (colour) or 1 (gray)
  double dropout = kOwnDropout;  ///< probability, before the head's layers
  /// Probability of leaving a block's branch out, to which it grows over the
  /// blocks. Networks without branches take no notice
  /// (NetFacts::stochastic_depth).
  double stochastic_depth = kOwnDropout;
  std::uint64_t seed = 0;  ///< of the initial values
  /// Brings pictures that are normalised with ImageNet's means and deviations
  /// to those that a network was ported with, 0.5 and 0.5, before its first
  /// layer. torchvision's ImageNet weights demand it where
  /// NetFacts::transform_input says so; the other networks have no use for it
  /// and take no notice. For 3 channels only.
  bool transform_input = false;
  /// Values of the network's own keys (NetEntry::keys), by name.
  std::map<std::string, double> values = {};

  double dropout_or(double own) const {
    return dropout == kOwnDropout ? own : dropout;
  }
  double stochastic_depth_or(double own) const {
    return stochastic_depth == kOwnDropout ? own : stochastic_depth;
  }
};

/// A network under construction.
struct Build {
  explicit Build(const NetOptions& chosen)
      : options(chosen), generator(init_generator(chosen.seed)) {}

  NetOptions options;
  at::Generator generator;  ///< of the initial values
  int random_layers = 0;    ///< numbered in order of construction

  /// For a layer that draws in training: tells its draws from the others'.
  int next_random_layer() { return random_layers++; }
};

/// What a forward pass gives.
struct Logits {
  at::Tensor main;  ///< [N, classes]
  /// Of the auxiliary heads, in training, [N, classes] each; their losses count
  /// NetFacts::auxiliary_weight each.
  std::vector<at::Tensor> auxiliary;
};

class Net : public Module {
 public:
  /// images [N, channels, H, W], float, normalised.
  virtual Logits logits(const at::Tensor& images, const Pass& pass) const = 0;

  /// The main logits alone.
  at::Tensor forward(const at::Tensor& images, const Pass& pass) const {
    return logits(images, pass).main;
  }
};

/// A network without auxiliary heads, in two parts: what it computes of a
/// picture, and what it makes of that. The head (NetFacts::head) lies in the
/// second part, and so does all dropout; stochastic depth may draw in the
/// first.
class TwoPartNet : public Net {
 public:
  /// images as for logits() → [N, ...], one row a picture.
  virtual at::Tensor features(
      const at::Tensor& images, const Pass& pass) const = 0;
  /// What features() gave, and stays as it is → [N, classes].
  virtual at::Tensor classify(
      const at::Tensor& features, const Pass& pass) const = 0;

  Logits logits(const at::Tensor& images, const Pass& pass) const final {
    return {classify(features(images, pass), pass), {}};
  }
};

}  // namespace convoy
