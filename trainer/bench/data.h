#pragma once
// How long decoding takes, and how many samples a second a loader delivers.

#include <cstdint>
#include <string>
#include <vector>

#include "data/loader/lmdb_dataset.h"
#include "data/options.h"
#include "trainer/bench/spread.h"

namespace convoy {

struct DataBenchOptions {
  AugmentOptions augment{};
  std::uint64_t seed = 1;
  std::uint64_t pictures = 1000;  ///< the first of the database
  int repeats = 5;
};

/// A way to decode what random crops show.
struct DecodeRow {
  std::string way;
  Spread us;               ///< of CPU for a record, over repeats
  std::int64_t wrong = 0;  ///< pictures that differ from the whole's
};

/// Reads each record whole and in the parts that its crop needs, one way right
/// after the other on one thread, with other crops in each repeat. Throws
/// BadData.
std::vector<DecodeRow> bench_decode(
    const LmdbDataset& dataset, const DataBenchOptions& options);

struct LoaderRow {
  int workers = 1;
  Spread images_per_second;  ///< over repeats
};

/// Whole epochs of `pictures` samples from the database to batches of floats,
/// repeats of all numbers of workers in turn. Throws BadData.
std::vector<LoaderRow> bench_loader(
    const LmdbDataset& dataset,
    const std::vector<int>& workers,
    const DataBenchOptions& options);

}  // namespace convoy
