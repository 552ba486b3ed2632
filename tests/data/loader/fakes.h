#pragma once
// Datasets that live in memory, and what a loader made of them.

#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "data/errors.h"
#include "data/loader/loader.h"
#include "tests/support/pictures.h"

namespace convoy::testing {

/// Sample i is a random picture of seed i with label i % 10 and key "key<i>".
class FakeDataset : public Dataset {
 public:
  explicit FakeDataset(std::uint64_t size, std::set<std::uint64_t> bad = {})
      : size_(size), bad_(std::move(bad)) {}

  std::uint64_t size() const override { return size_; }

  void read(std::uint64_t index, Sample& sample) const override {
    ++reads;
    sample.key = "key" + std::to_string(index);
    if (bad_.count(index)) {
      throw BadData("damaged");
    }
    sample.label = static_cast<std::int64_t>(index % 10);
    sample.image = random_picture(20, 24, 3, static_cast<unsigned>(index));
  }

  mutable std::atomic<std::uint64_t> reads{0};

 private:
  std::uint64_t size_;
  std::set<std::uint64_t> bad_;
};

/// A gate that threads wait at until it is opened.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

constexpr int kSide = 16;
constexpr std::size_t kValues = kSide * kSide * 3;

/// Everything random that augmentation has.
inline MakeTransform full_augmentation(std::uint64_t seed) {
  AugmentOptions options;
  options.crop_px = kSide;
  options.rotate_degrees = 10;
  options.jitter = {0.2, 0.2, 0.2, 0.1};
  options.noise_stddev = 0.1;
  options.lighting_stddev = 0.1;
  options.policy = AugmentPolicy::rand;
  options.erase.probability = 0.5;
  options.erase.fill = EraseFill::random;
  return training_transform(
      options, seed, std::make_shared<Normalization>(normalization({}, 3)));
}

/// The content of a batch.
struct Delivered {
  std::uint64_t number;
  std::vector<float> images;
  std::vector<std::int64_t> labels;
  std::vector<std::int64_t> ids;
  std::vector<std::int64_t> second_labels;
  std::vector<float> shares;

  bool operator==(const Delivered& other) const {
    return number == other.number && labels == other.labels &&
           ids == other.ids && second_labels == other.second_labels &&
           shares == other.shares && images.size() == other.images.size() &&
           std::memcmp(
               images.data(),
               other.images.data(),
               images.size() * sizeof(float)) == 0;
  }
};

inline Delivered copy_of(const Batch& batch) {
  const std::size_t count = batch.count();
  Delivered copy{
      batch.number(),
      {batch.images(), batch.images() + count * kValues},
      {batch.labels(), batch.labels() + count},
      {batch.sample_ids(), batch.sample_ids() + count},
      {},
      {}};
  if (batch.shares() != nullptr) {
    copy.second_labels.assign(
        batch.second_labels(), batch.second_labels() + count);
    copy.shares.assign(batch.shares(), batch.shares() + count);
  }
  return copy;
}

inline std::vector<Delivered> drain(Loader& loader) {
  std::vector<Delivered> batches;
  while (const auto batch = loader.next()) {
    batches.push_back(copy_of(*batch));
  }
  return batches;
}

/// Batches of 8.
inline TrainingOrder shuffled_order(const Dataset& dataset) {
  return {dataset.size(), 8, Tail::wrap, 3};
}

/// Of a shuffled epoch, augmented.
inline LoaderInput shuffled(const Dataset& dataset) {
  return {
      dataset,
      full_augmentation(3),
      training_source(shuffled_order(dataset), {{0, 8}})};
}

/// The same, each mixed with another sample by mixup or CutMix.
inline LoaderInput mixed(const Dataset& dataset) {
  AugmentOptions options;
  options.mixup_alpha = 1;
  options.cutmix_alpha = 1;
  LoaderInput input = shuffled(dataset);
  input.mixing.emplace(Mixing{
      Mixer(options, {kSide, 3}, 3), partner_source(shuffled_order(dataset))});
  return input;
}

inline LoaderOptions options_for(int workers, std::size_t ring) {
  LoaderOptions options;
  options.workers = workers;
  options.ring_batches = ring;
  options.batch_capacity = 8;
  options.sample_values = kValues;
  options.end_batch = 12;
  options.seed = 3;
  return options;
}

/// Every batch of the shuffled dataset, from one worker and one slot.
inline std::vector<Delivered> reference(const Dataset& dataset) {
  Loader loader(shuffled(dataset), options_for(1, 1));
  return drain(loader);
}

}  // namespace convoy::testing
