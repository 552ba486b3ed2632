#include "data/augment/mix.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace convoy {

namespace {

constexpr double kEven = 0.5;

void blend_pictures(
    float share, std::size_t count, const float* partner, float* image) {
  const float rest = 1 - share;
  for (std::size_t i = 0; i < count; ++i) {
    image[i] = share * image[i] + rest * partner[i];
  }
}

}  // namespace

double symmetric_beta(double alpha, double u, double v) {
  // Beyond it the result is 0 or 1 to the last bit, and squares overflow.
  constexpr double kMostExponent = 600;
  const double exponent = std::min(-std::log1p(-u) / alpha, kMostExponent);
  const double t =
      std::sqrt(std::expm1(exponent)) * std::cos(2 * std::numbers::pi * v);
  return (1 + t / std::sqrt(1 + t * t)) / 2;
}

Mixer::Mixer(
    const AugmentOptions& options, const Shape& shape, std::uint64_t seed)
    : mixup_alpha_(options.mixup_alpha),
      cutmix_alpha_(options.cutmix_alpha),
      shape_(shape),
      seed_(seed) {
  if (!mixes(options)) {
    throw std::logic_error("a mixer needs mixup_alpha or cutmix_alpha above 0");
  }
}

Window Mixer::draw_box(const DrawKey& key, double share) const {
  const int side = shape_.side;
  const DrawBlock block(key, Draw::mix_box);
  const auto x = static_cast<int>(block.below(0, side));
  const auto y = static_cast<int>(block.below(1, side));
  const auto half = static_cast<int>(std::sqrt(1 - share) / 2 * side);
  const int left = std::max(x - half, 0);
  const int top = std::max(y - half, 0);
  return {
      left,
      top,
      std::min(x + half, side) - left,
      std::min(y + half, side) - top};
}

MixPlan Mixer::draw(std::uint32_t epoch, std::uint64_t id) const {
  const DrawKey key{seed_, epoch, id};
  const DrawBlock uniform(key, Draw::mix_share);
  MixPlan plan;
  const bool both = mixup_alpha_ > 0 && cutmix_alpha_ > 0;
  const bool cut = both ? DrawBlock(key, Draw::mix_way).uniform(0) < kEven
                        : cutmix_alpha_ > 0;
  plan.share = symmetric_beta(
      cut ? cutmix_alpha_ : mixup_alpha_,
      uniform.uniform(0),
      uniform.uniform(1));
  if (cut) {
    plan.box = draw_box(key, plan.share);
    plan.share = 1 - static_cast<double>(plan.box.width) * plan.box.height /
                         (static_cast<double>(shape_.side) * shape_.side);
  }
  return plan;
}

void Mixer::run(const MixPlan& plan, const float* partner, float* image) const {
  const std::size_t row =
      static_cast<std::size_t>(shape_.side) * shape_.channels;
  if (plan.box.width == 0 || plan.box.height == 0) {
    blend_pictures(
        static_cast<float>(plan.share), row * shape_.side, partner, image);
    return;
  }
  for (int y = plan.box.y; y < plan.box.y + plan.box.height; ++y) {
    const std::size_t at =
        y * row + static_cast<std::size_t>(plan.box.x) * shape_.channels;
    std::copy_n(
        partner + at,
        static_cast<std::size_t>(plan.box.width) * shape_.channels,
        image + at);
  }
}

}  // namespace convoy
