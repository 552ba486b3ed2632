// Augmentation of one 500x375 picture to 224x224, on one core. CPU time counts.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "data/augment/apply.h"
#include "tests/support/pictures.h"

namespace convoy {
namespace {

AugmentOptions flips_only() {
  return {};
}

AugmentOptions jittered() {
  AugmentOptions options;
  options.jitter = {0.2, 0.2, 0.2, 0.05};
  return options;
}

AugmentOptions rotated() {
  AugmentOptions options = jittered();
  options.rotate_degrees = 10;
  options.translate_fraction = 0.05;
  return options;
}

AugmentOptions noisy() {
  AugmentOptions options = rotated();
  options.noise_stddev = 0.01;
  return options;
}

AugmentOptions with_trivial_wide() {
  AugmentOptions options;
  options.policy = AugmentPolicy::trivial_wide;
  return options;
}

AugmentOptions with_rand() {
  AugmentOptions options;
  options.policy = AugmentPolicy::rand;
  return options;
}

AugmentOptions lit_and_erased() {
  AugmentOptions options;
  options.lighting_stddev = 0.1;
  options.erase.probability = 1;
  options.erase.fill = EraseFill::random;
  return options;
}

AugmentOptions cropped() {
  AugmentOptions options;
  options.crop = Crop::random;
  return options;
}

void augment(benchmark::State& state, AugmentOptions (*make)()) {
  const AugmentOptions options = make();
  const Image picture = testing::random_picture(375, 500, 3, 1);
  const Normalization plain = normalization({}, 3);
  Augmenter augmenter(plain, static_cast<Simd>(state.range(0)));
  std::vector<float> out(224 * 224 * 3);
  DrawKey key{1, 0, 0};
  for (auto _ : state) {
    ++key.sample;
    augmenter.apply(
        draw_plan(options, key, {picture.height, picture.width}),
        picture,
        out.data());
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations());
}

void evaluate(benchmark::State& state) {
  const Image picture = testing::random_picture(375, 500, 3, 1);
  const Normalization plain = normalization({}, 3);
  Augmenter augmenter(plain, static_cast<Simd>(state.range(0)));
  std::vector<float> out(224 * 224 * 3);
  const AugmentPlan plan =
      evaluation_plan({}, PixelStyle::torchvision, {375, 500});
  for (auto _ : state) {
    augmenter.apply(plan, picture, out.data());
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(augment, resized_crop_and_flip, flips_only)->Arg(1)->Arg(0);
BENCHMARK_CAPTURE(augment, and_jitter, jittered)->Arg(1)->Arg(0);
BENCHMARK_CAPTURE(augment, and_rotation, rotated)->Arg(1)->Arg(0);
BENCHMARK_CAPTURE(augment, and_noise, noisy)->Arg(1)->Arg(0);
BENCHMARK_CAPTURE(augment, and_trivial_wide, with_trivial_wide)->Arg(1);
BENCHMARK_CAPTURE(augment, and_rand, with_rand)->Arg(1);
BENCHMARK_CAPTURE(augment, and_lighting_and_erasing, lit_and_erased)->Arg(1);
BENCHMARK_CAPTURE(augment, plain_crop_and_flip, cropped)->Arg(1);
BENCHMARK(evaluate)->Arg(1)->Arg(0);

}  // namespace
}  // namespace convoy
