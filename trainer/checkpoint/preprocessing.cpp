// The mean picture in a checkpoint, and what makes a resumed run another run.

#include <ATen/ops/empty.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "data/errors.h"
#include "trainer/checkpoint/contents.h"
#include "trainer/config/read.h"
#include "trainer/config/write.h"

namespace convoy {
namespace {

constexpr const char* kMean = "normalize.mean";

/// Keys that may differ between a run and its continuation: where things are,
/// how fast they go and how much is said, but not what is computed. The batch
/// is compared as the global batch, the data by fingerprint.
bool is_free(const std::string& key) {
  static constexpr std::array kFree{
      "run.dir",
      "run.log_every",
      "run.evaluate_every_epochs",
      "run.checkpoint_every_epochs",
      "run.checkpoint_every_steps",
      "run.keep",
      "run.best_by",
      "run.patience_epochs",
      "run.device",
      "run.baseline",
      "run.max_nonfinite",
      "run.tensorboard",
      "data.train",
      "data.val",
      "data.workers",
      "data.prefetch_batches",
      "data.verify_checksums",
      "batch.global",
      "batch.per_rank",
      "net.weights",
      "normalize.mean_file"};
  return key.starts_with("distributed.") ||
         std::find(kFree.begin(), kFree.end(), key) != kFree.end();
}

MeanImage mean_of(const at::Tensor& tensor, int channels) {
  if (tensor.dim() != 3 || tensor.size(2) != channels ||
      tensor.scalar_type() != at::kFloat) {
    throw BadData(fmt::format(
        "the checkpoint's mean picture is [{}] of {}; want height, width and "
        "{} channels of Float",
        fmt::join(tensor.sizes(), ", "),
        c10::toString(tensor.scalar_type()),
        channels));
  }
  const at::Tensor values = tensor.to(at::kCPU).contiguous();
  const auto* data = values.const_data_ptr<float>();
  return {
      static_cast<int>(values.size(2)),
      static_cast<int>(values.size(0)),
      static_cast<int>(values.size(1)),
      {data, data + values.numel()}};
}

}  // namespace

void add_mean(const Normalization& normalization, TensorFile& file) {
  if (!normalization.mean) {
    return;
  }
  const MeanImage& mean = *normalization.mean;
  const at::Tensor tensor =
      at::empty({mean.height, mean.width, mean.channels}, at::kFloat);
  std::memcpy(tensor.mutable_data_ptr(), mean.values.data(), tensor.nbytes());
  file.tensors.push_back({kMean, tensor, false});
}

Normalization normalization_of(const Config& config, const TensorFile& file) {
  NormalizeOptions options = config.normalize;
  options.mean_file.clear();
  Normalization result = normalization(options, config.data.channels);
  for (const NamedTensor& entry : file.tensors) {
    if (entry.name == kMean) {
      result.mean = mean_of(entry.tensor, config.data.channels);
    }
  }
  if (!config.normalize.mean_file.empty() && !result.mean) {
    throw BadData(fmt::format(
        "the checkpoint lacks the mean picture that it was trained with ({})",
        config.normalize.mean_file));
  }
  return result;
}

std::vector<std::string> differences(
    const CheckpointFacts& facts,
    const Config& config,
    std::int64_t global_batch,
    const Fingerprints& data) {
  std::vector<std::string> lines;
  const LoadedConfig then =
      read_config(facts.config, "the checkpoint's config");
  if (!then.problems.empty()) {
    throw BadData(fmt::format(
        "this convoy can't read a part of the checkpoint: {}. Use the convoy "
        "that wrote it ({})",
        then.problems.front(),
        facts.version));
  }
  // Evaluations then decide on the learning rate, or on the end of the run.
  const bool evaluations_count =
      config.schedule.name == ScheduleName::plateau ||
      config.run.patience_epochs > 0;
  const auto before = flatten(then.config);
  const auto now = flatten(config);
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (before[i].second != now[i].second &&
        (!is_free(now[i].first) ||
         (evaluations_count && now[i].first == "run.evaluate_every_epochs"))) {
      lines.push_back(fmt::format(
          "{}: {} in the checkpoint, {} in the config",
          now[i].first,
          before[i].second,
          now[i].second));
    }
  }
  if (facts.global_batch != global_batch) {
    lines.push_back(fmt::format(
        "global batch: {} in the checkpoint, {} now",
        facts.global_batch,
        global_batch));
  }
  if (evaluations_count && facts.val_fingerprint != data.val) {
    lines.push_back(fmt::format(
        "validation data: fingerprint {} in the checkpoint, {} in data.val",
        facts.val_fingerprint,
        data.val));
  }
  if (facts.train_fingerprint != data.train) {
    lines.push_back(fmt::format(
        "training data: fingerprint {} in the checkpoint, {} in data.train",
        facts.train_fingerprint,
        data.train));
  }
  return lines;
}

}  // namespace convoy
