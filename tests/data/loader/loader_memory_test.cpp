// The loader's memory is its ring, whatever the size of the database.

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "data/loader/lmdb_dataset.h"
#include "data/loader/loader.h"
#include "tests/support/small_database.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

using testing::TempDir;
using testing::write_small_database;

constexpr int kSide = 45;  // 6 KB a record
constexpr std::int64_t kFew = 500;
constexpr std::int64_t kMany = 8000;  // 48 MB
/// Between them, a loader that kept one record in four would grow by 11 MB.
constexpr std::int64_t kBound = 3 << 20;

/// Memory of this process that is no file's, in bytes: pages of a database that
/// is mapped are the system's cache.
std::int64_t anonymous_memory() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("RssAnon:")) {
      std::istringstream words(line.substr(8));
      std::int64_t kilobytes = 0;
      words >> kilobytes;
      return kilobytes * 1024;
    }
  }
  ADD_FAILURE() << "/proc/self/status has no RssAnon";
  return 0;
}

/// Reads on behalf of another dataset.
class Leaking : public Dataset {
 public:
  explicit Leaking(const Dataset& real) : real_(real) {}

  std::uint64_t size() const override { return real_.size(); }
  void read(std::uint64_t index, Sample& sample) const override {
    real_.read(index, sample);
    if (index % 4 == 0) {
      const std::lock_guard lock(mutex_);
      kept_.push_back(sample.image);
    }
  }

 private:
  const Dataset& real_;
  mutable std::mutex mutex_;
  mutable std::vector<Image> kept_;
};

/// How much memory grows at most while an epoch is loaded.
std::int64_t growth(const Dataset& dataset) {
  AugmentOptions augment;
  augment.crop_px = 32;
  LoaderOptions options;
  options.workers = 2;
  options.ring_batches = 4;
  options.batch_capacity = 20;
  options.sample_values = 3 * 32 * 32;
  options.end_batch = dataset.size() / 20;
  malloc_trim(0);
  const std::int64_t before = anonymous_memory();
  std::int64_t most = before;
  Loader loader(
      {dataset,
       training_transform(
           augment, 1, std::make_shared<Normalization>(normalization({}, 3))),
       training_source({dataset.size(), 20, Tail::drop, 1}, {{0, 20}})},
      options);
  while (const auto batch = loader.next()) {
    most = std::max(most, anonymous_memory());
  }
  return most - before;
}

TEST(LoaderMemory, IsTheRingsWhateverTheDatabasesSize) {
  const TempDir folder;
  const std::string few = write_small_database(
      folder / "few", {.records = kFew, .classes = 10, .px = kSide});
  const std::string many = write_small_database(
      folder / "many", {.records = kMany, .classes = 10, .px = kSide});
  const LmdbDataset small(few, {});
  const LmdbDataset large(many, {});
  growth(small);  // what the first run alone needs
  const std::int64_t of_small = growth(small);
  EXPECT_LT(growth(large), of_small + kBound);
  // What this would see.
  EXPECT_GT(growth(Leaking(large)), growth(Leaking(small)) + kBound);
}

/// Opening a database visits every key; what it keeps of them is small.
TEST(LoaderMemory, OfAnOpenDatabaseIsSmall) {
  const TempDir folder;
  const std::string many = write_small_database(
      folder / "many", {.records = kMany, .classes = 10, .px = kSide});
  malloc_trim(0);  // what earlier tests have left would hide a growth
  const std::int64_t before = anonymous_memory();
  const LmdbDataset large(many, {});
  Sample sample;
  for (std::uint64_t i = 0; i < large.size(); ++i) {
    large.read(i, sample);
  }
  EXPECT_LT(anonymous_memory() - before, kBound);
}

}  // namespace
}  // namespace convoy
