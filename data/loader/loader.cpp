#include "data/loader/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "data/augment/random.h"
#include "data/errors.h"
#include "data/loader/batch_ring.h"

namespace convoy {

namespace {

constexpr std::uint32_t kReplacementTries = 20;

/// What a worker owns.
struct Worker {
  Transform transform;
  Sample sample;
  std::vector<float> partner;  ///< the picture that a sample is mixed with
};

std::string name_of(const Sample& sample, std::uint64_t index) {
  return sample.key.empty() ? fmt::format("sample {}", index)
                            : fmt::format("sample '{}'", sample.key);
}

/// The message, which names the sample at least once.
std::string with_key(
    const Sample& sample, std::uint64_t index, const char* message) {
  const std::string text = message;
  if (!sample.key.empty() && text.find(sample.key) != std::string::npos) {
    return text;
  }
  return fmt::format("{}: {}", name_of(sample, index), text);
}

std::uint64_t replacement(
    std::uint64_t seed,
    const SampleRef& ref,
    std::uint32_t attempt,
    std::uint64_t size) {
  return DrawBlock({seed, ref.epoch, ref.id()}, Draw::replacement, attempt)
             .bits64() %
         size;
}

/// The refused samples of all workers.
class BadList {
 public:
  void note(const SampleRef& ref, const Sample& sample, const char* reason) {
    const std::lock_guard lock(mutex_);
    ++count_;
    const auto known = samples_.find(ref.index);
    if (known != samples_.end()) {
      ++known->second.times;
    } else if (samples_.size() < Loader::kListedBadSamples) {
      samples_[ref.index] = {ref.index, sample.key, reason, 1};
    }
  }

  std::vector<BadSample> list() const {
    const std::lock_guard lock(mutex_);
    std::vector<BadSample> list;
    for (const auto& [index, sample] : samples_) {
      list.push_back(sample);
    }
    return list;
  }

  std::uint64_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::uint64_t, BadSample> samples_;
  std::uint64_t count_ = 0;
};

}  // namespace

struct Loader::State {
  LoaderInput input;
  LoaderOptions options;
  std::shared_ptr<BatchRing> ring;
  BadList bad;
  std::atomic<double> wait_seconds = 0;
  std::vector<std::thread> threads;

  State(LoaderInput given, const LoaderOptions& wanted)
      : input(std::move(given)),
        options(wanted),
        ring(std::make_shared<BatchRing>(RingOptions{
            wanted.ring_batches,
            wanted.batch_capacity,
            wanted.sample_values,
            input.mixing.has_value(),
            wanted.first_batch,
            wanted.end_batch,
            input.source,
            wanted.allocate})) {}

  ~State() {
    ring->stop();
    for (std::thread& thread : threads) {
      thread.join();
    }
  }

  void start() {
    for (int i = 0; i < options.workers; ++i) {
      threads.emplace_back([this, i] { work(i); });
    }
  }

  void work(int worker) noexcept {
    try {
      if (options.on_thread_start) {
        options.on_thread_start(worker);
      }
      Worker own{input.make_transform(), {}, {}};
      while (const auto item = ring->take()) {
        std::exception_ptr error;
        try {
          fill(own, item->ref, item->to);
          if (input.mixing) {
            mix(own, *item);
          }
        } catch (...) {
          error = std::current_exception();
        }
        ring->done(*item, error);
      }
    } catch (...) {
      ring->fail(std::current_exception());
    }
  }

  void write(Worker& worker, const SampleRef& ref, const SampleSlot& to) {
    worker.sample.key.clear();
    input.dataset.read_needed(
        ref.index,
        [&](const PictureSize& size) {
          return worker.transform.needed(size, ref);
        },
        worker.sample);
    worker.transform(worker.sample, ref, to.image);
    *to.label = worker.sample.label;
    *to.sample_id = static_cast<std::int64_t>(ref.id());
  }

  /// Mixes the item, which is filled, with its partner.
  void mix(Worker& worker, const BatchRing::Item& item) {
    const Mixer& mixer = input.mixing->mixer;
    const MixPlan plan = mixer.draw(item.ref.epoch, item.ref.id());
    worker.partner.resize(options.sample_values);
    std::int64_t label = 0;
    std::int64_t sample_id = 0;
    fill(
        worker,
        input.mixing->partner(item.ref),
        {worker.partner.data(), &label, &sample_id});
    mixer.run(plan, worker.partner.data(), item.to.image);
    const auto share = static_cast<float>(plan.share);
    *item.to.second_label = label;
    *item.to.share = std::max(share, 1 - share);
    if (share < 0.5F) {
      std::swap(*item.to.label, *item.to.second_label);
    }
  }

  /// Fills in the sample, or what the policy says.
  void fill(Worker& worker, const SampleRef& wanted, const SampleSlot& to) {
    SampleRef ref = wanted;
    for (std::uint32_t attempt = 0;; ++attempt) {
      try {
        write(worker, ref, to);
        return;
      } catch (const BadData& error) {
        const std::string message =
            with_key(worker.sample, ref.index, error.what());
        if (options.bad_samples == BadSamples::stop) {
          throw BadData(message);
        }
        bad.note(ref, worker.sample, error.what());
        if (options.bad_samples == BadSamples::blank) {
          blank(wanted, to);
          return;
        }
        if (attempt == kReplacementTries) {
          throw BadData(fmt::format(
              "{} samples in a row can't be used, the last: {}",
              kReplacementTries + 1,
              message));
        }
        ref.index =
            replacement(options.seed, wanted, attempt, input.dataset.size());
      } catch (const std::exception& error) {
        std::throw_with_nested(std::runtime_error(
            with_key(worker.sample, ref.index, error.what())));
      }
    }
  }

  void blank(const SampleRef& ref, const SampleSlot& to) const {
    std::fill_n(to.image, options.sample_values, 0.0F);
    *to.label = kNoLabel;
    *to.sample_id = static_cast<std::int64_t>(ref.id());
  }
};

Loader::Loader(LoaderInput input, const LoaderOptions& options) {
  if (options.workers < 1 || !input.make_transform || !input.source) {
    throw std::logic_error(
        "a loader needs at least one worker, a transform and a source");
  }
  if (input.mixing && options.bad_samples == BadSamples::blank) {
    throw std::logic_error("a loader that mixes can't leave samples blank");
  }
  state_ = std::make_unique<State>(std::move(input), options);
  state_->start();
}

Loader::~Loader() = default;

std::optional<Batch> Loader::next() {
  const auto begin = std::chrono::steady_clock::now();
  const auto slot = state_->ring->next();
  state_->wait_seconds +=
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  if (!slot) {
    return std::nullopt;
  }
  return Batch(state_->ring, *slot);
}

double Loader::wait_seconds() const {
  return state_->wait_seconds;
}

std::vector<BadSample> Loader::bad_samples() const {
  return state_->bad.list();
}

std::uint64_t Loader::bad_sample_count() const {
  return state_->bad.count();
}

}  // namespace convoy
