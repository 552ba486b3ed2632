#pragma once
// Batches in order from worker threads: reads, augments and assembles ahead of
// the consumer, in bounded memory.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/augment/mix.h"
#include "data/loader/batch.h"
#include "data/loader/batches.h"
#include "data/loader/dataset.h"
#include "data/loader/transform.h"

namespace convoy {

/// What becomes of a sample that is BadData. `stop`: next() throws. `replace`:
/// another sample takes its place, drawn by (seed, epoch, id, try), so that
/// all others stay what they are; it is mixed as the one it stands for.
/// `blank`: zeros with the label kNoLabel, for evaluation, which must not count
/// another sample twice.
enum class BadSamples { stop, replace, blank };

struct LoaderOptions {
  int workers = 1;
  std::size_t ring_batches = 3;    ///< slots: look-ahead plus batches on loan
  std::size_t batch_capacity = 0;  ///< samples in the largest batch
  std::size_t sample_values = 0;   ///< floats that the transform writes
  std::uint64_t first_batch = 0;   ///< batch numbers [first_batch, end_batch)
  std::uint64_t end_batch = 0;
  BadSamples bad_samples = BadSamples::stop;
  std::uint64_t seed = 0;  ///< of replacements
  Allocate allocate = allocate_host;
  /// Called first on each worker with its number: to bind it to CPUs, or to a
  /// device. What it throws reaches next().
  std::function<void(int worker)> on_thread_start = nullptr;
};

/// A sample that was refused.
struct BadSample {
  std::uint64_t index = 0;
  std::string key;
  std::string reason;
  std::uint64_t times = 0;  ///< met
};

/// Where a loader's samples come from and what happens to them.
/// Each sample is mixed with its partner, which is read and transformed with
/// its own key, so that both are what they would be by themselves.
struct Mixing {
  Mixer mixer;
  PartnerSource partner;
};

struct LoaderInput {
  const Dataset& dataset;  ///< outlives the loader
  MakeTransform make_transform;
  BatchSource source;
  /// Not with BadSamples::blank.
  std::optional<Mixing> mixing = std::nullopt;
};

/// Work is split by image; results do not depend on the number of workers or
/// slots. Several threads may call next(): each batch goes to one of them.
/// Destruction at any moment waits for the images in work, no more.
class Loader {
 public:
  Loader(LoaderInput input, const LoaderOptions& options);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  /// Waits for the next batch in order. Empty after the last. Throws what a
  /// worker threw when it is that batch's turn, once; then it is empty. A bad
  /// sample is BadData with its key; any other exception of a sample is a
  /// std::runtime_error with the key, and the exception nested in it. Waits for
  /// ever when every slot is on loan to the caller.
  std::optional<Batch> next();

  /// How long next() has waited, all calls of all threads together.
  double wait_seconds() const;

  /// The refused samples by index, the first kListedBadSamples that were met.
  std::vector<BadSample> bad_samples() const;
  static constexpr std::size_t kListedBadSamples = 1000;

  /// How often a sample was refused, also of those that are not listed.
  std::uint64_t bad_sample_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace convoy
