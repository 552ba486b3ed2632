#include "data/augment/erase.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "data/augment/finish.h"

namespace convoy {

namespace {

/// Normal numbers of deviation 1.
std::vector<float> normal_numbers(
    std::size_t count, std::uint64_t key, Simd simd) {
  FinishPlan plan;
  plan.noise_stddev = 1;
  plan.noise_key = key;
  plan.factor = {1, 1, 1};
  const std::vector<std::uint8_t> black(count);
  std::vector<float> numbers(count);
  finish(plan, black.data(), count, numbers.data(), simd);
  return numbers;
}

}  // namespace

Window draw_erased_box(
    const EraseOptions& options, const DrawKey& key, int side) {
  constexpr std::uint32_t kTries = 10;
  if (DrawBlock(key, Draw::erase).uniform(0) >= options.probability) {
    return {};
  }
  const double picture = static_cast<double>(side) * side;
  for (std::uint32_t attempt = 0; attempt < kTries; ++attempt) {
    const DrawBlock block(key, Draw::erase_box, attempt);
    const double area =
        picture * block.uniform(0, options.scale[0], options.scale[1]);
    const double ratio = std::exp(block.uniform(
        1, std::log(options.ratio[0]), std::log(options.ratio[1])));
    const auto height =
        static_cast<int>(std::nearbyint(std::sqrt(area * ratio)));
    const auto width =
        static_cast<int>(std::nearbyint(std::sqrt(area / ratio)));
    if (height < side && width < side) {
      return {
          static_cast<int>(block.below(2, side - width + 1)),
          static_cast<int>(block.below(3, side - height + 1)),
          width,
          height};
    }
  }
  return {};
}

void erase_box(
    const Window& box,
    const Filling& filling,
    int width,
    int channels,
    float* image,
    Simd simd) {
  const std::size_t row = static_cast<std::size_t>(box.width) * channels;
  std::vector<float> numbers;
  if (filling.fill == EraseFill::random) {
    numbers = normal_numbers(row * box.height, filling.key, simd);
  }
  for (int y = 0; y < box.height; ++y) {
    float* to = image + (static_cast<std::size_t>(box.y + y) * width + box.x) *
                            channels;
    if (numbers.empty()) {
      std::fill_n(to, row, 0.0F);
    } else {
      std::copy_n(numbers.data() + y * row, row, to);
    }
  }
}

}  // namespace convoy
