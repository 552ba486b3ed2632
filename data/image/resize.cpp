#include "data/image/resize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "data/image/resize/kernels.h"

namespace convoy {

namespace {

/// Source pixels [begin, end) that an axis takes.
struct Taken {
  int begin;
  int end;
};

Taken needed(const ResizeAxis& axis) {
  Taken range{axis.first[0], axis.first[0] + axis.count[0]};
  for (int i = 1; i < axis.size(); ++i) {
    range.begin = std::min(range.begin, axis.first[i]);
    range.end = std::max(range.end, axis.first[i] + axis.count[i]);
  }
  return range;
}

void check_sizes(const Image& in, const ResizePlan& plan) {
  const Window& window = plan.window;
  if (in.height <= 0 || in.width <= 0 || plan.height <= 0 || plan.width <= 0 ||
      window.height <= 0 || window.width <= 0 ||
      (in.channels != 1 && in.channels != 3)) {
    throw std::logic_error(fmt::format(
        "resize: {}x{}x{} to {}x{} of {}x{}: sizes must be positive and "
        "channels 1 or 3",
        in.height,
        in.width,
        in.channels,
        window.height,
        window.width,
        plan.height,
        plan.width));
  }
}

/// One axis of box and window against the `size` pixels they are taken from.
bool inside(const ResizeAxisPlan& axis) {
  const double scale = (axis.end - axis.begin) / axis.grid_size;
  const double first = axis.begin + (axis.window_begin + 0.5) * scale;
  const double last = first + (axis.window_size - 1) * scale;
  constexpr double kRounding = 1e-3;  // of a pixel: the box becomes floats
  return axis.begin >= 0 && axis.end > axis.begin &&
         axis.end <= axis.source_size + kRounding && first >= -kRounding &&
         last <= axis.source_size + kRounding;
}

void check_place(const Window& crop, const Image& in, bool box_fits) {
  if (crop.x < 0 || crop.y < 0 || crop.x + crop.width > in.width ||
      crop.y + crop.height > in.height || !box_fits) {
    throw std::logic_error(fmt::format(
        "resize: the crop ({}x{} at {}, {}) or the box in it leaves the "
        "picture of {}x{}",
        crop.height,
        crop.width,
        crop.y,
        crop.x,
        in.height,
        in.width));
  }
}

/// The row itself, or a padded copy of it when SIMD loads would leave the
/// picture.
const std::uint8_t* readable_row(
    const std::uint8_t* row,
    std::size_t bytes,
    const std::uint8_t* end,
    std::vector<std::uint8_t>& copy) {
  if (static_cast<std::size_t>(end - row) >= bytes + kReadPast) {
    return row;
  }
  copy.assign(bytes + kReadPast, 0);
  std::memcpy(copy.data(), row, bytes);
  return copy.data();
}

/// Rows of pixels somewhere in memory that may be read up to `end`.
struct Rows {
  const std::uint8_t* pixels;
  std::size_t stride;
  std::size_t bytes;  // of pixels in a row
  const std::uint8_t* end;
};

}  // namespace

struct Resizer::Scratch {
  Simd simd = Simd::portable;
  ResizeAxis x;
  ResizeAxis y;
  // The pixels between the passes; copies of rows too near the end of their
  // memory.
  std::vector<std::uint8_t> between;
  std::vector<std::uint8_t> tail[kRowsAtOnce];

  void plan_axes(const Image& in, const ResizePlan& plan, const Window& crop);
  void horizontal(const Rows& in, int rows, int channels, std::uint8_t* out);
  void vertical(const Rows& in, std::uint8_t* out) const;
  void copy(const Rows& in, Image& out) const;
  void columns_first(const Rows& in, Image& out);
  void rows_first(const Rows& in, Image& out);
};

void Resizer::Scratch::plan_axes(
    const Image& in, const ResizePlan& plan, const Window& crop) {
  const Box& box = plan.box;
  const Window& window = plan.window;
  const ResizeAxisPlan across{
      crop.width,
      box.x,
      box.x + box.width,
      plan.width,
      window.x,
      window.width,
      plan.flip_horizontal};
  const ResizeAxisPlan down{
      crop.height,
      box.y,
      box.y + box.height,
      plan.height,
      window.y,
      window.height,
      plan.flip_vertical};
  check_place(crop, in, inside(across) && inside(down));
  plan_axis(across, x);
  plan_axis(down, y);
}

/// `rows` rows, each as wide as the output afterwards.
void Resizer::Scratch::horizontal(
    const Rows& in, int rows, int channels, std::uint8_t* out) {
  const std::size_t out_bytes = static_cast<std::size_t>(x.size()) * channels;
  if (simd == Simd::portable || channels != 3) {
    for (int i = 0; i < rows; ++i) {
      horizontal_portable(
          x, channels, in.pixels + i * in.stride, out + i * out_bytes);
    }
    return;
  }
  for (int i = 0; i < rows; i += kRowsAtOnce) {
    const std::uint8_t* from[kRowsAtOnce];
    std::uint8_t* to[kRowsAtOnce];
    for (int j = 0; j < kRowsAtOnce; ++j) {
      const int row = std::min(i + j, rows - 1);  // the last: repeated
      from[j] =
          readable_row(in.pixels + row * in.stride, in.bytes, in.end, tail[j]);
      to[j] = out + row * out_bytes;
    }
    horizontal_rgb_avx2(x, from, to);
  }
}

/// y.size() rows, each of in.bytes bytes.
void Resizer::Scratch::vertical(const Rows& in, std::uint8_t* out) const {
  const auto pass = simd == Simd::portable ? vertical_portable : vertical_avx2;
  for (int i = 0; i < y.size(); ++i) {
    pass(
        {in.pixels + y.first[i] * in.stride,
         in.stride,
         y.weights.data() + static_cast<std::size_t>(i) * y.stride,
         y.count[i],
         in.bytes},
        out + i * in.bytes);
  }
}

void Resizer::Scratch::copy(const Rows& in, Image& out) const {
  for (int i = 0; i < out.height; ++i) {
    std::memcpy(
        out.row(i),
        in.pixels + y.first[i] * in.stride + x.first[0] * out.channels,
        static_cast<std::size_t>(out.width) * out.channels);
  }
}

void Resizer::Scratch::rows_first(const Rows& in, Image& out) {
  const Taken range = needed(y);
  const std::size_t bytes = static_cast<std::size_t>(out.width) * out.channels;
  between.resize(bytes * (range.end - range.begin));
  horizontal(
      {in.pixels + range.begin * in.stride, in.stride, in.bytes, in.end},
      range.end - range.begin,
      out.channels,
      between.data());
  for (int& first : y.first) {
    first -= range.begin;
  }
  vertical(
      {between.data(), bytes, bytes, between.data() + between.size()},
      out.pixels.data());
}

void Resizer::Scratch::columns_first(const Rows& in, Image& out) {
  const Taken range = needed(x);
  const std::size_t bytes =
      static_cast<std::size_t>(range.end - range.begin) * out.channels;
  between.resize(bytes * out.height + kReadPast);
  vertical(
      {in.pixels + range.begin * out.channels, in.stride, bytes, in.end},
      between.data());
  for (int& first : x.first) {
    first -= range.begin;
  }
  horizontal(
      {between.data(), bytes, bytes, between.data() + between.size()},
      out.height,
      out.channels,
      out.pixels.data());
}

namespace {

/// One axis of resized_window(): from `begin` on, of pixels [0, size).
Taken looked_at(
    double begin, double length, int grid, int window, int count, int size) {
  const double scale = length / grid;
  const double reach = std::max(scale, 1.0) + 1;  // of the filter, and rounding
  const double first = begin + window * scale - reach;
  const double last = begin + (window + count) * scale + reach;
  const int from = std::clamp(static_cast<int>(std::floor(first)), 0, size - 1);
  return {from, std::clamp(static_cast<int>(std::ceil(last)), from + 1, size)};
}

}  // namespace

Window resized_window(const ResizePlan& plan, const PictureSize& size) {
  const Window crop = plan.crop.value_or(Window{0, 0, size.width, size.height});
  const Box& box = plan.box;
  const Window& window = plan.window;
  const auto across = looked_at(
      box.x, box.width, plan.width, window.x, window.width, crop.width);
  const auto down = looked_at(
      box.y, box.height, plan.height, window.y, window.height, crop.height);
  return {
      crop.x + across.begin,
      crop.y + down.begin,
      across.end - across.begin,
      down.end - down.begin};
}

Simd best_simd() {
  return __builtin_cpu_supports("avx2") ? Simd::avx2 : Simd::portable;
}

Resizer::Resizer(Simd simd) : scratch_(std::make_unique<Scratch>()) {
  scratch_->simd = simd;
}
Resizer::~Resizer() = default;
Resizer::Resizer(Resizer&&) noexcept = default;
Resizer& Resizer::operator=(Resizer&&) noexcept = default;

void Resizer::run(const Image& in, const ResizePlan& plan, Image& out) {
  check_sizes(in, plan);
  const Window crop = plan.crop.value_or(Window{0, 0, in.width, in.height});
  scratch_->plan_axes(in, plan, crop);
  out.resize(plan.window.height, plan.window.width, in.channels);
  const Rows rows{
      in.row(crop.y) + static_cast<std::size_t>(crop.x) * in.channels,
      static_cast<std::size_t>(in.width) * in.channels,
      static_cast<std::size_t>(crop.width) * in.channels,
      in.pixels.data() + in.pixels.size()};
  if (scratch_->x.copies && scratch_->y.copies) {
    scratch_->copy(rows, out);
  } else if (
      // Pillow's rule (from 13 on): the order matters, as pixels are rounded to
      // 8 bits in between.
      plan.height < crop.height &&
      crop.height - plan.height > 2 * (crop.width - plan.width)) {
    scratch_->columns_first(rows, out);
  } else {
    scratch_->rows_first(rows, out);
  }
}

void resize(const Image& in, int height, int width, Image& out) {
  const Box whole{
      0, 0, static_cast<double>(in.width), static_cast<double>(in.height)};
  resize(in, whole, height, width, out);
}

void resize(
    const Image& in, const Box& box, int height, int width, Image& out) {
  Resizer().run(in, {box, height, width, {0, 0, width, height}}, out);
}

}  // namespace convoy
