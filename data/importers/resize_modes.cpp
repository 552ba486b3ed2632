#include "data/importers/resize_modes.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace convoy {
namespace {

int rounded(double value) {
  return std::max(1, static_cast<int>(std::lround(value)));
}

// A length that leaves an even rest of `whole`, to be shared by two borders.
int evenly(int length, int whole) {
  return (whole - length) % 2 != 0 ? length + 1 : length;
}

// The middle of the scaled picture, no larger than the target, in the target's
// middle.
Placement centred(PixelSize scaled, PixelSize target) {
  const auto start = [](int length, int kept) {
    return static_cast<int>(std::lround((length - kept) / 2.0));
  };
  Placement placement;
  placement.scaled = scaled;
  placement.kept.height = std::min(scaled.height, target.height);
  placement.kept.width = std::min(scaled.width, target.width);
  placement.kept.y = start(scaled.height, placement.kept.height);
  placement.kept.x = start(scaled.width, placement.kept.width);
  placement.top = (target.height - placement.kept.height) / 2;
  placement.left = (target.width - placement.kept.width) / 2;
  return placement;
}

std::uint64_t next_random(std::uint64_t& state) {  // SplitMix64
  state += 0x9E3779B97F4A7C15;
  std::uint64_t z = state;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
  z = (z ^ z >> 27) * 0x94D049BB133111EB;
  return z ^ z >> 31;
}

void fill_with_noise(std::uint64_t seed, Image& image) {
  std::uint64_t state = seed;
  std::uint8_t* to = image.pixels.data();
  for (std::size_t left = image.pixels.size(); left > 0;) {
    const std::uint64_t bits = next_random(state);
    const std::size_t count = std::min(left, sizeof bits);
    std::memcpy(to, &bits, count);
    to += count;
    left -= count;
  }
}

}  // namespace

Placement place(ResizeMode mode, PixelSize picture, PixelSize target) {
  const double across = static_cast<double>(picture.width) / target.width;
  const double down = static_cast<double>(picture.height) / target.height;
  const bool wide = across > down;
  PixelSize scaled = target;
  switch (mode) {
    case ResizeMode::none:
    case ResizeMode::squash:
      break;
    case ResizeMode::crop:
      (wide ? scaled.width : scaled.height) =
          wide ? rounded(picture.width / down)
               : rounded(picture.height / across);
      break;
    case ResizeMode::fill:
      (wide ? scaled.height : scaled.width) =
          wide ? evenly(rounded(picture.height / across), target.height)
               : evenly(rounded(picture.width / down), target.width);
      break;
    case ResizeMode::half_crop: {
      const double middle = (across + down) / 2;
      scaled = {
          rounded(picture.height / middle), rounded(picture.width / middle)};
      if (wide) {
        scaled.height = evenly(scaled.height, target.height);
      } else if (across < down) {
        scaled.width = evenly(scaled.width, target.width);
      }
      break;
    }
  }
  return centred(scaled, target);
}

void ModeResizer::run(const Image& in, std::uint64_t noise_seed, Image& out) {
  const Placement placement = place(mode_, {in.height, in.width}, target_);
  ResizePlan plan;
  plan.box = {0, 0, double(in.width), double(in.height)};
  plan.height = placement.scaled.height;
  plan.width = placement.scaled.width;
  plan.window = placement.kept;
  const bool covered = placement.kept.height == target_.height &&
                       placement.kept.width == target_.width;
  resizer_.run(in, plan, covered ? out : scaled_);
  if (covered) {
    return;
  }
  out.resize(target_.height, target_.width, in.channels);
  fill_with_noise(noise_seed, out);
  for (int y = 0; y < scaled_.height; ++y) {
    std::copy_n(
        scaled_.row(y),
        static_cast<std::size_t>(scaled_.width) * scaled_.channels,
        out.row(placement.top + y) + placement.left * out.channels);
  }
}

}  // namespace convoy
