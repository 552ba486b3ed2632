// The loader: what it costs beside the work it hands out, and the whole way
// from a JPEG to a batch. Wall time counts: items_per_second is what a consumer
// that only asks would get.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>

#include "data/image/encode.h"
#include "data/loader/lmdb_dataset.h"
#include "data/loader/loader.h"
#include "data/store/writer.h"
#include "tests/support/pictures.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

constexpr std::uint64_t kBatch = 32;

/// Samples that cost nothing.
class Nothing : public Dataset {
 public:
  std::uint64_t size() const override { return 1000; }
  void read(std::uint64_t, Sample&) const override {}
};

void consume(
    benchmark::State& state,
    const Dataset& dataset,
    MakeTransform transform,
    std::size_t sample_values) {
  const TrainingOrder order{dataset.size(), kBatch, Tail::wrap, 1};
  LoaderOptions options;
  options.workers = static_cast<int>(state.range(0));
  options.batch_capacity = kBatch;
  options.sample_values = sample_values;
  options.end_batch = ~std::uint64_t{0};
  Loader loader(
      {dataset, std::move(transform), training_source(order, {{0, kBatch}})},
      options);
  for (auto _ : state) {
    benchmark::DoNotOptimize(loader.next());
  }
  state.SetItemsProcessed(
      state.iterations() * static_cast<std::int64_t>(kBatch));
}

void hand_out(benchmark::State& state) {
  consume(
      state,
      Nothing(),
      [] { return [](const Sample&, const SampleRef&, float*) {}; },
      1);
}

/// 200 photograph-like JPEGs of 500x375.
class Jpegs {
 public:
  Jpegs() : path_(folder_ / "jpegs") {
    Writer writer(path_);
    for (int i = 0; i < 200; ++i) {
      Image picture = testing::smooth_picture(375, 500, 3);
      const Image grain =
          testing::random_picture(375, 500, 3, static_cast<unsigned>(i));
      for (std::size_t j = 0; j < picture.pixels.size(); ++j) {
        picture.pixels[j] =
            static_cast<std::uint8_t>(picture.pixels[j] + grain.pixels[j] / 16);
      }
      std::vector<std::uint8_t> file;
      encode_jpeg(picture, {}, file);
      Datum datum;
      datum.encoded = true;
      datum.data = file;
      datum.label = i;
      writer.add("picture" + std::to_string(1000 + i), datum);
    }
    writer.finish();
  }
  const std::string& path() const { return path_; }

 private:
  testing::TempDir folder_;
  std::string path_;
};

void jpeg_to_batch(benchmark::State& state) {
  static const Jpegs jpegs;
  const LmdbDataset dataset(jpegs.path(), {});
  consume(
      state,
      dataset,
      training_transform(
          {}, 1, std::make_shared<Normalization>(normalization({}, 3))),
      224 * 224 * 3);
}

BENCHMARK(hand_out)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK(jpeg_to_batch)->Arg(1)->Arg(2)->UseRealTime();

}  // namespace
}  // namespace convoy
