#include "trainer/loop/evaluator.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <mutex>

#include "trainer/errors.h"
#include "trainer/health/memory.h"
#include "trainer/health/memory_error.h"
#include "trainer/loop/bad_samples.h"

namespace convoy {
namespace {

/// What is known of each sample of the dataset; entries of other ranks are
/// zero, so that summing over ranks puts the parts together without rounding.
struct PerSample {
  explicit PerSample(std::uint64_t samples)
      : loss(samples, 0), rank(samples, 0), seen(samples, 0) {}

  std::vector<double> loss;
  std::vector<std::int64_t> rank;  ///< of the true class among the scores
  std::vector<std::int64_t> seen;
};

/// Computes blocks, each on the thread that it is called on.
class BlockScorer {
 public:
  BlockScorer(
      const Model& model,
      Precision precision,
      KeptBlocks* kept,
      const std::function<void(std::int64_t)>& progress,
      PerSample& results)
      : model_(model),
        precision_(precision),
        kept_(kept),
        progress_(progress),
        results_(results) {}

  void operator()(const DeviceBatch& batch) {
    const at::Tensor logits = score(batch);
    const at::Tensor labels = batch.labels.clamp_min(0);
    const at::Tensor losses =
        sample_losses(logits, labels, 0).to(at::kCPU, at::kDouble);
    const at::Tensor ranks = label_ranks(logits, labels).to(at::kCPU);
    const at::Tensor ids = batch.samples.to(at::kCPU);
    const at::Tensor known = batch.labels.to(at::kCPU);
    for (std::int64_t i = 0; i < batch.size(); ++i) {
      if (known.const_data_ptr<std::int64_t>()[i] == kNoLabel) {
        continue;
      }
      const auto id = ids.const_data_ptr<std::int64_t>()[i];
      results_.loss[id] = losses.const_data_ptr<double>()[i];
      results_.rank[id] = ranks.const_data_ptr<std::int64_t>()[i];
      results_.seen[id] = 1;
    }
    const std::lock_guard lock(mutex_);
    done_ += batch.size();
    if (progress_) {
      progress_(done_);
    }
  }

 private:
  at::Tensor score(const DeviceBatch& batch) {
    const AutocastScope autocast(precision_, model_.device());
    if (kept_ == nullptr) {
      return model_.net().forward(batch.images, Pass{});
    }
    const TwoPartNet& net = *model_.two_parts();
    if (batch.are_features) {
      return net.classify(batch.images, Pass{});
    }
    const at::Tensor features = net.features(batch.images, Pass{});
    keep({features, batch.labels.clone(), batch.samples.clone(), true});
    return net.classify(features, Pass{});
  }

  void keep(DeviceBatch block) {
    const std::lock_guard lock(mutex_);
    kept_->blocks.push_back(std::move(block));
  }

  const Model& model_;
  Precision precision_;
  KeptBlocks* kept_;
  const std::function<void(std::int64_t)>& progress_;
  PerSample& results_;
  std::mutex mutex_;
  std::int64_t done_ = 0;
};

std::string memory_advice(
    std::exception_ptr error, const EvaluationInput& input) {
  return fmt::format(
      "out of memory: evaluation computes {} blocks of {} samples of {} x {} "
      "at "
      "once ({}; this process holds {:.0f} MB, the machine has {:.0f} MB left "
      "for it); set eval.block={}{}",
      input.threads,
      input.block,
      input.shape.width,
      input.shape.height,
      refused_allocation(error),
      static_cast<double>(resident_memory()) / 1e6,
      static_cast<double>(available_memory()) / 1e6,
      std::max(1, input.block / 2),
      input.threads > 1 ? ", or OMP_NUM_THREADS=1" : "");
}

Sums add_up(const PerSample& results) {
  Sums sums;
  for (std::size_t i = 0; i < results.seen.size(); ++i) {
    if (results.seen[i] != 0) {
      sums.loss += results.loss[i];
      sums.top1 += results.rank[i] < 1 ? 1 : 0;
      sums.top5 += results.rank[i] < 5 ? 1 : 0;
      sums.samples += 1;
    }
  }
  return sums;
}

}  // namespace

Evaluation evaluate(
    const Model& model,
    Precision precision,
    const EvaluationInput& input,
    World& world,
    const std::function<void(std::int64_t)>& progress,
    KeptBlocks* kept) {
  const EvaluationBlocks blocks{
      input.dataset.size(),
      static_cast<std::uint64_t>(input.block),
      static_cast<std::uint64_t>(world.size()),
      static_cast<std::uint64_t>(world.rank())};
  PerSample results(input.dataset.size());
  BlockScorer scorer(model, precision, kept, progress, results);
  std::vector<BadSample> bad;
  try {
    if (kept != nullptr && kept->whole) {
      for_each_batch(
          kept->blocks, input.threads, model.device(), std::ref(scorer));
      bad = kept->bad;
    } else {
      bad = for_each_block(
          input,
          model.device(),
          evaluation_source(blocks),
          blocks.blocks_of_rank(),
          std::ref(scorer));
    }
  } catch (...) {
    const auto error = std::current_exception();
    if (is_out_of_memory(error)) {
      throw OutOfMemory(memory_advice(error, input));
    }
    throw;
  }
  if (kept != nullptr) {
    kept->whole = true;
    kept->bad = bad;
  }
  world.control().all_reduce(std::span(results.loss));
  world.control().all_reduce(std::span(results.rank));
  world.control().all_reduce(std::span(results.seen));
  return {add_up(results), reasons_of_all(world.control(), bad)};
}

}  // namespace convoy
