#include "trainer/loop/feature_plan.h"

#include <ATen/ops/arange.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include "data/augment/draw.h"
#include "trainer/loop/training_parts.h"

namespace convoy {
namespace {

constexpr std::int64_t kExamples = 2;
constexpr const char* kBody = "the frozen part of the network";

at::Tensor made_up_pictures(const Model& model, const ImageShape& shape) {
  const auto format = model.channels_last() ? at::MemoryFormat::ChannelsLast
                                            : at::MemoryFormat::Contiguous;
  return at::arange(kExamples * shape.values(), at::kFloat)
      .mul(0.37)
      .sin()
      .reshape({kExamples, shape.channels, shape.height, shape.width})
      .contiguous(format)
      .to(model.device());
}

/// In training the first part does what it does in evaluation, and has nothing
/// to learn: no dropout, no stochastic depth, no batch norm of its own
/// statistics, no trained parameter.
bool body_is_fixed(
    const Model& model, Precision precision, const ImageShape& shape) {
  if (!model.statistics().empty()) {
    return false;
  }
  const at::Tensor pictures = made_up_pictures(model, shape);
  int draws = 0;
  Pass training{.training = true, .draws = &draws};
  training.keys.samples =
      at::arange(kExamples, pictures.options().dtype(at::kLong));
  const AutocastScope autocast(precision, model.device());
  const at::Tensor features = model.two_parts()->features(pictures, training);
  return draws == 0 && !features.requires_grad();
}

/// Why the features of training pictures change; empty when they do not.
std::string why_not_train(
    const Config& config, const Model& model, const RunLength& length) {
  if (length.total_steps <= length.steps_per_epoch) {
    return "no picture comes twice";
  }
  if (draws_anything(config.augment)) {
    return "augment draws at random";
  }
  for (const Augmentation& augmentation : config.extensions.augmentations) {
    if (augmentation.probability > 0) {
      return fmt::format("extensions.{} draws at random", augmentation.name);
    }
  }
  return body_is_fixed(
             model,
             resolve_precision(config.precision, model.device()),
             training_shape(config))
             ? ""
             : "the network draws at random before its head "
               "(net.stochastic_depth)";
}

/// Why no features are kept at all.
std::string why_none(const Config& config, const Model& model) {
  if (!config.fine_tune.unfreeze.empty()) {
    return "more will be trained (fine_tune.unfreeze)";
  }
  if (model.two_parts() != nullptr) {
    return "";
  }
  return model.facts().auxiliary_heads.empty()
             ? "it is not written in two parts (TwoPartNet in nets/net.h)"
             : "its auxiliary heads start from its middle";
}

double megabytes_of(std::int64_t bytes) {
  return static_cast<double>(bytes) / 1e6;
}

/// What the features of the validation pictures take on the rank with most of
/// them.
std::int64_t val_bytes(
    const Config& config, const RunData& data, const Model& model, int ranks) {
  const auto px = static_cast<std::int64_t>(config.eval.crop_px);
  const std::int64_t one = feature_bytes(example_features(
      model,
      resolve_precision(config.precision, model.device()),
      {config.data.channels, px, px}));
  const std::int64_t blocks =
      (data.val.size() + config.eval.block - 1) / config.eval.block;
  return one * config.eval.block * ((blocks + ranks - 1) / ranks);
}

std::int64_t train_bytes(
    const Config& config, const RunData& data, const Model& model) {
  return data.train.size() *
         feature_bytes(example_features(
             model,
             resolve_precision(config.precision, model.device()),
             training_shape(config)));
}

}  // namespace

at::Tensor example_features(
    const Model& model, Precision precision, const ImageShape& shape) {
  const c10::NoGradGuard guard;
  const AutocastScope autocast(precision, model.device());
  return model.two_parts()->features(made_up_pictures(model, shape), Pass{});
}

std::int64_t feature_bytes(const at::Tensor& example) {
  return static_cast<std::int64_t>(example.nbytes()) / example.size(0);
}

FeaturePlan plan_features(
    const Config& config,
    const RunData& data,
    const Model& model,
    int ranks,
    const RunLength& length) {
  const FineTuneOptions& o = config.fine_tune;
  if (o.mode != FineTuneMode::head || o.cache_mb == 0) {
    return {};
  }
  if (const std::string why = why_none(config, model); !why.empty()) {
    return {
        .note = fmt::format("{} is computed at every step: {}", kBody, why)};
  }
  const std::int64_t room = o.cache_mb * std::int64_t{1000000};
  const std::int64_t train = train_bytes(config, data, model);
  std::string why = why_not_train(config, model, length);
  if (why.empty() && train > room) {
    why = fmt::format(
        "{:.3g} MB a rank are more than fine_tune.cache_mb: {}",
        megabytes_of(train),
        o.cache_mb);
  }
  FeaturePlan plan{.train = why.empty()};
  plan.note =
      plan.train
          ? fmt::format(
                "{} is computed once for each of {} training pictures "
                "({:.3g} MB a rank)",
                kBody,
                data.train.size(),
                megabytes_of(train))
          : fmt::format(
                "{} is computed at every step for training: {}", kBody, why);
  const std::int64_t left = room - (plan.train ? train : 0);
  if (data.val.dataset) {
    const std::int64_t val = val_bytes(config, data, model, ranks);
    plan.val = val <= left;
    plan.note += fmt::format(
        "; {} for validation ({:.3g} MB a rank)",
        plan.val ? "once" : "in each evaluation",
        megabytes_of(val));
  }
  return plan;
}

}  // namespace convoy
