#include "trainer/bench/data.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>
#include <memory>

#include "data/loader/loader.h"

namespace convoy {
namespace {

double thread_cpu_s() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) +
         1e-9 * static_cast<double>(time.tv_nsec);
}

bool equal_in(const Window& window, const Image& a, const Image& b) {
  const auto bytes = static_cast<std::size_t>(window.width) * a.channels;
  for (int y = window.y; y < window.y + window.height; ++y) {
    const std::ptrdiff_t x = static_cast<std::ptrdiff_t>(window.x) * a.channels;
    if (std::memcmp(a.row(y) + x, b.row(y) + x, bytes) != 0) {
      return false;
    }
  }
  return true;
}

MakeTransform transform_of(const DataBenchOptions& options) {
  return training_transform(
      options.augment,
      options.seed,
      std::make_shared<Normalization>(normalization({}, 3)));
}

std::uint64_t pictures_of(
    const LmdbDataset& dataset, const DataBenchOptions& options) {
  return std::min(dataset.size(), options.pictures);
}

/// Sums of a repeat.
struct DecodeSums {
  double whole_s = 0;
  double parts_s = 0;
  std::int64_t wrong = 0;
};

DecodeSums decode_once(
    const LmdbDataset& dataset,
    const Transform& transform,
    std::uint32_t epoch,
    std::uint64_t pictures) {
  DecodeSums sums;
  Sample whole;
  Sample parts;
  for (std::uint64_t index = 0; index < pictures; ++index) {
    Window window;
    const double start = thread_cpu_s();
    dataset.read(index, whole);
    const double middle = thread_cpu_s();
    dataset.read_needed(
        index,
        [&](const PictureSize& size) {
          return window = transform.needed(size, {index, epoch});
        },
        parts);
    sums.parts_s += thread_cpu_s() - middle;
    sums.whole_s += middle - start;
    sums.wrong += !equal_in(window, whole.image, parts.image);
  }
  return sums;
}

double images_per_second(
    const LmdbDataset& dataset,
    int workers,
    const MakeTransform& transform,
    std::uint64_t pictures,
    int crop_px) {
  constexpr std::uint64_t kBatch = 32;
  const std::uint64_t batches = std::max<std::uint64_t>(1, pictures / kBatch);
  LoaderOptions options;
  options.workers = workers;
  options.batch_capacity = kBatch;
  options.sample_values = static_cast<std::size_t>(crop_px) * crop_px * 3;
  options.end_batch = batches;
  const auto start = std::chrono::steady_clock::now();
  Loader loader(
      {dataset,
       transform,
       training_source({dataset.size(), kBatch, Tail::wrap, 1}, {{0, kBatch}})},
      options);
  while (loader.next()) {
  }
  return static_cast<double>(batches * kBatch) /
         std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
             .count();
}

}  // namespace

std::vector<DecodeRow> bench_decode(
    const LmdbDataset& dataset, const DataBenchOptions& options) {
  const Transform transform = transform_of(options)();
  const std::uint64_t pictures = pictures_of(dataset, options);
  std::vector<double> whole;
  std::vector<double> parts;
  std::int64_t wrong = 0;
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    const DecodeSums sums = decode_once(
        dataset, transform, static_cast<std::uint32_t>(repeat), pictures);
    whole.push_back(1e6 * sums.whole_s / static_cast<double>(pictures));
    parts.push_back(1e6 * sums.parts_s / static_cast<double>(pictures));
    wrong += sums.wrong;
  }
  return {{"whole", spread_of(whole), 0}, {"needed", spread_of(parts), wrong}};
}

std::vector<LoaderRow> bench_loader(
    const LmdbDataset& dataset,
    const std::vector<int>& workers,
    const DataBenchOptions& options) {
  const MakeTransform transform = transform_of(options);
  std::vector<std::vector<double>> rates(workers.size());
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    for (std::size_t w = 0; w < workers.size(); ++w) {
      rates[w].push_back(images_per_second(
          dataset,
          workers[w],
          transform,
          pictures_of(dataset, options),
          options.augment.crop_px));
    }
  }
  std::vector<LoaderRow> rows;
  for (std::size_t w = 0; w < workers.size(); ++w) {
    rows.push_back({workers[w], spread_of(rates[w])});
  }
  return rows;
}

}  // namespace convoy
