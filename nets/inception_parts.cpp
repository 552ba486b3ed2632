#include "nets/inception_parts.h"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

#include "nets/layers/init.h"

namespace convoy {

BasicConv2d::BasicConv2d(
    const ConvOptions& options, double deviation, at::Generator& generator)
    : conv_(make<Conv2d>("conv", options, generator)),
      bn_(make<BatchNorm2d>("bn", options.out, BatchNormOptions{1e-3})) {
  init_normal(conv_->weight(), 0, deviation, generator);
}

at::Tensor BasicConv2d::forward(const at::Tensor& x, const Pass& pass) const {
  return bn_->forward(conv_->forward(x, pass), pass).relu_();
}

std::shared_ptr<Linear> normal_linear(
    int in, int out, double deviation, at::Generator& generator) {
  auto layer = std::make_shared<Linear>(in, out, generator);
  init_normal(layer->weight(), 0, deviation, generator);
  return layer;
}

InputTransform::InputTransform(const NetOptions& options)
    : wanted_(options.transform_input) {
  if (wanted_ && options.channels != 3) {
    throw std::invalid_argument(fmt::format(
        "transform_input wants pictures of 3 channels, whose means and "
        "deviations it knows; these have {}",
        options.channels));
  }
}

at::Tensor InputTransform::operator()(const at::Tensor& images) const {
  if (!wanted_) {
    return images;
  }
  constexpr std::array<double, 3> kMeans{0.485, 0.456, 0.406};
  constexpr std::array<double, 3> kDeviations{0.229, 0.224, 0.225};
  const at::Tensor result = images.clone();
  for (int channel = 0; channel < 3; ++channel) {
    result.select(1, channel)
        .mul_(kDeviations[channel] / 0.5)
        .add_((kMeans[channel] - 0.5) / 0.5);
  }
  return result;
}

}  // namespace convoy
