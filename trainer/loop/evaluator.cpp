#include "trainer/loop/evaluator.h"

#include <ATen/ops/log_softmax.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <mutex>

#include "trainer/errors.h"
#include "trainer/evaluation/gather.h"
#include "trainer/health/memory.h"
#include "trainer/health/memory_error.h"
#include "trainer/loop/bad_samples.h"

namespace convoy {
namespace {

/// What is known of each sample of the dataset; entries of other ranks are
/// zero, so that summing over ranks puts the parts together without rounding.
struct PerSample {
  PerSample(std::uint64_t samples, std::int64_t classes)
      : loss(samples, 0),
        rank(samples, 0),
        seen(samples, 0),
        by_class(classes) {}

  std::vector<double> loss;
  std::vector<std::int64_t> rank;  ///< of the true class among the scores
  std::vector<std::int64_t> seen;
  HitCounts by_class;
  Predictions kept;  ///< of this rank, in any order
};

/// Computes blocks, each on the thread that it is called on.
class BlockScorer {
 public:
  BlockScorer(
      const Model& model,
      Precision precision,
      const EvaluationInput& input,
      KeptBlocks* kept,
      const std::function<void(std::int64_t)>& progress,
      PerSample& results)
      : model_(model),
        precision_(precision),
        input_(input),
        kept_(kept),
        progress_(progress),
        results_(results) {}

  void operator()(const DeviceBatch& batch) {
    const auto forward = [&](const at::Tensor& images) {
      return score(batch, images);
    };
    // Kept features are of one view each.
    const at::Tensor scores =
        (batch.are_features
             ? at::log_softmax(forward(batch.images).to(at::kFloat), 1)
             : log_probabilities(forward, batch.images, input_.views))
            .to(at::kCPU);
    const Predictions judged = judge_batch(
        batch.samples.to(at::kCPU), batch.labels.to(at::kCPU), scores);
    const std::lock_guard lock(mutex_);
    for (const SampleResult& sample : judged.samples) {
      results_.loss[sample.index] = sample.loss;
      results_.rank[sample.index] = sample.rank;
      results_.seen[sample.index] = 1;
      results_.by_class.add(sample);
    }
    append(judged, input_.keep, results_.kept);
    done_ += batch.size();
    if (progress_) {
      progress_(done_);
    }
  }

 private:
  at::Tensor score(const DeviceBatch& batch, const at::Tensor& images) {
    const AutocastScope autocast(precision_, model_.device());
    if (kept_ == nullptr) {
      return model_.net().forward(images, Pass{});
    }
    const TwoPartNet& net = *model_.two_parts();
    if (batch.are_features) {
      return net.classify(images, Pass{});
    }
    const at::Tensor features = net.features(images, Pass{});
    keep({features, batch.labels.clone(), batch.samples.clone(), true});
    return net.classify(features, Pass{});
  }

  void keep(DeviceBatch block) {
    const std::lock_guard lock(mutex_);
    kept_->blocks.push_back(std::move(block));
  }

  const Model& model_;
  Precision precision_;
  const EvaluationInput& input_;
  KeptBlocks* kept_;
  const std::function<void(std::int64_t)>& progress_;
  PerSample& results_;
  std::mutex mutex_;
  std::int64_t done_ = 0;
};

/// The views' crops of a sample, one below the other.
BlockInput block_input(const EvaluationInput& input) {
  const auto [channels, height, width] = input.shape;
  return {
      .dataset = input.dataset,
      .make_transform = input.make_transform,
      .shape = {channels, input.views.crops * height, width},
      .block = input.block,
      .workers = input.workers,
      .threads = input.threads,
      .bad_samples = input.bad_samples};
}

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
  PerSample results(input.dataset.size(), model.classes());
  results.kept.classes = model.classes();
  reserve(blocks.blocks_of_rank() * blocks.block, input.keep, results.kept);
  BlockScorer scorer(model, precision, input, kept, progress, results);
  std::vector<BadSample> bad;
  try {
    if (kept != nullptr && kept->whole) {
      for_each_batch(
          kept->blocks, input.threads, model.device(), std::ref(scorer));
      bad = kept->bad;
    } else {
      bad = for_each_block(
          block_input(input),
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
  world.control().all_reduce(results.by_class.numbers());
  Evaluation evaluation{
      add_up(results),
      results.by_class.macro(),
      reasons_of_all(world.control(), bad)};
  if (input.keep != Keep::nothing) {
    evaluation.predictions = gather_predictions(
        world.control(), results.kept, input.keep, results.seen);
  }
  return evaluation;
}

}  // namespace convoy
