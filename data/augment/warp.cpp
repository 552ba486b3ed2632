#include "data/augment/warp.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "data/augment/kernels/warp_kernels.h"

namespace convoy {

namespace {

constexpr double kUnit = 65536;  // positions of a WarpRow per pixel

/// Position in the grid, in pixels from its upper left corner.
struct Point {
  double x;
  double y;
};

/// Where the centre of output pixel (x, y) comes from. Rotation is
/// counter-clockwise to the eye, y points down.
class InverseMotion {
 public:
  explicit InverseMotion(const AugmentPlan& plan)
      : cosine_(std::cos(plan.rotate_degrees * std::numbers::pi / 180)),
        sine_(std::sin(plan.rotate_degrees * std::numbers::pi / 180)),
        center_(plan.geometry.window.width / 2.0),
        shift_{
            static_cast<double>(plan.shift_x),
            static_cast<double>(plan.shift_y)} {}

  Point operator()(int x, int y) const {
    const double dx = x + 0.5 - center_ - shift_.x;
    const double dy = y + 0.5 - center_ - shift_.y;
    return {
        cosine_ * dx - sine_ * dy + center_,
        sine_ * dx + cosine_ * dy + center_};
  }
  double cosine() const { return cosine_; }
  double sine() const { return sine_; }

 private:
  double cosine_;
  double sine_;
  double center_;
  Point shift_;
};

/// [low, high] in pixel positions of the grid, widened by what interpolation
/// reads and clipped to the picture that spans `size` pixels and from which the
/// grid's `side` pixels show [begin, begin + length).
struct Span {
  int begin;
  int size;
};

Span clipped(
    double low, double high, int side, double begin, double length, int size) {
  const double scale = length / side;
  constexpr double kRounding = 1e-6;
  const int first =
      std::min(0, static_cast<int>(std::ceil(-begin / scale - kRounding)));
  const int last = std::max(
      side, static_cast<int>(std::floor((size - begin) / scale + kRounding)));
  const int from =
      std::clamp(static_cast<int>(std::floor(low - 0.5)), first, 0);
  const int to =
      std::clamp(static_cast<int>(std::floor(high - 0.5)) + 2, side, last);
  return {from, to - from};
}

}  // namespace

Window region_to_warp(const AugmentPlan& plan, const PictureSize& size) {
  const ResizePlan& geometry = plan.geometry;
  const Window crop =
      geometry.crop.value_or(Window{0, 0, size.width, size.height});
  const int side = geometry.window.width;
  const InverseMotion motion(plan);
  const Point corners[4] = {
      motion(0, 0),
      motion(side - 1, 0),
      motion(0, side - 1),
      motion(side - 1, side - 1)};
  const auto [left, right] =
      std::minmax({corners[0].x, corners[1].x, corners[2].x, corners[3].x});
  const auto [top, bottom] =
      std::minmax({corners[0].y, corners[1].y, corners[2].y, corners[3].y});
  // A flipped grid runs the other way through the picture.
  const double x =
      geometry.flip_horizontal ? size.width - (crop.x + crop.width) : crop.x;
  const double y =
      geometry.flip_vertical ? size.height - (crop.y + crop.height) : crop.y;
  const Span across = clipped(left, right, side, x, crop.width, size.width);
  const Span down = clipped(top, bottom, side, y, crop.height, size.height);
  return {across.begin, down.begin, across.size, down.size};
}

void Warper::run(
    const AugmentPlan& plan, const Window& place, Image& region, Image& out) {
  const int side = plan.geometry.window.width;
  const int channels = region.channels;
  const std::size_t bytes =
      static_cast<std::size_t>(region.height) * region.width * channels;
  region.pixels.resize(bytes + kWarpReadPast);
  out.resize(side, side, channels);
  const InverseMotion motion(plan);
  const auto fixed = [](double value) {
    return static_cast<std::int32_t>(std::llround(value * kUnit));
  };
  // Just short of the last pixel, which then gets all of the weight.
  const auto most = [](int size) {
    return std::max(0, ((size - 1) << 16) - 1);
  };
  const auto pass = simd_ == Simd::avx2 && channels == 3 ? warp_rgb_row_avx2
                                                         : warp_row_portable;
  for (int y = 0; y < side; ++y) {
    const Point start = motion(0, y);
    pass(
        {region.pixels.data(),
         region.height > 1
             ? static_cast<std::ptrdiff_t>(region.width) * channels
             : 0,
         channels,
         fixed(start.x - 0.5 - place.x),
         fixed(start.y - 0.5 - place.y),
         fixed(motion.cosine()),
         fixed(motion.sine()),
         most(region.width),
         most(region.height),
         side},
        out.row(y));
  }
}

}  // namespace convoy
