#pragma once
// What can be chosen about a training run: sections `run`, `net`, `fine_tune`,
// `optimizer`, `schedule`, `batch`, `loss` and the key `precision` of a config.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "distributed/device.h"

namespace convoy {

/// What all ranks do when a step's loss or gradient is not finite.
enum class OnNonFinite { skip, stop };
constexpr std::array<std::string_view, 2> names(OnNonFinite) {
  return {"skip", "stop"};
}

/// Which figure of the validation data makes a checkpoint the best.
enum class BestBy { top1, top5, loss, macro_precision, macro_recall, macro_f1 };
constexpr std::array<std::string_view, 6> names(BestBy) {
  return {
      "top1", "top5", "loss", "macro_precision", "macro_recall", "macro_f1"};
}

struct RunOptions {
  std::string dir = "runs/convoy";  ///< everything that the run writes
  std::uint64_t seed = 1;           ///< of every random draw
  int epochs = 25;  ///< passes over the training data; 0 = iterations
  std::int64_t iterations = 0;  ///< steps; 0 = epochs
  int log_every = 20;           ///< steps between log lines
  int evaluate_every_epochs = 1;
  int checkpoint_every_epochs = 1;  ///< 0 = at the end only
  int checkpoint_every_steps = 0;   ///< 0 = by epochs only
  int keep = 3;  ///< newest checkpoints kept, beside the best
  BestBy best_by = BestBy::top1;
  int patience_epochs = 0;  ///< without a better evaluation; 0 = to the end
  OnNonFinite on_nonfinite = OnNonFinite::skip;
  int max_nonfinite = 10;  ///< non-finite steps in a row before the run stops
  DeviceChoice device = DeviceChoice::automatic;
  bool deterministic = false;  ///< GPU: bit-repeatable kernels, slower
  std::string baseline;        ///< scaling.json to log speedup against
  bool tensorboard = true;     ///< rank 0 writes an event file
};

struct NetConfig {
  std::string name = "resnet18";
  std::string weights;           ///< file to start from; null = from scratch
  int classes = 0;               ///< 0 = as many as the training data has
  double dropout = -1;           ///< -1: the network's own
  double stochastic_depth = -1;  ///< -1: the network's own
  bool transform_input = false;  ///< NetOptions::transform_input
  /// Prefixes of tensors that weights may lack or have in surplus.
  std::vector<std::string> allow;
  bool channels_last = true;
};

/// Which parameters are trained: all, the head alone, or everything from a
/// named layer on.
enum class FineTuneMode { full, head, partial };
constexpr std::array<std::string_view, 3> names(FineTuneMode) {
  return {"full", "head", "partial"};
}

struct FineTuneOptions {
  FineTuneMode mode = FineTuneMode::full;
  std::string first_layer;  ///< partial: prefix of the first trained parameter
  std::string last_layer;   ///< partial: of the last; the head is trained too
  /// "LAYER=EPOCHS": what is trained from then on, beside what was before.
  std::vector<std::string> unfreeze;
  double head_lr_multiplier = 1.0;
  double layer_decay = 1.0;  ///< rate of a stage over that of the next
  /// "PREFIX=FACTOR", on the rate and on the weight decay.
  std::vector<std::string> rates;
  std::vector<std::string> decays;
  bool freeze_batch_norm = false;
  int cache_mb = 1000;  ///< head: of features kept, a rank; 0 = none
};

enum class OptimizerName { sgd, adam, adamw, rmsprop, lars };
constexpr std::array<std::string_view, 5> names(OptimizerName) {
  return {"sgd", "adam", "adamw", "rmsprop", "lars"};
}

/// How the learning rate follows the global batch.
enum class LrScaling { none, linear, sqrt };
constexpr std::array<std::string_view, 3> names(LrScaling) {
  return {"none", "linear", "sqrt"};
}

struct OptimizerOptions {
  OptimizerName name = OptimizerName::sgd;
  double lr = 0.1;
  LrScaling lr_scaling = LrScaling::none;
  int lr_batch = 256;  ///< with scaling: the global batch that lr is meant for
  double momentum = 0.9;
  bool nesterov = false;
  double weight_decay = 1e-4;
  bool decay_norm_and_bias = true;
  double clip_norm = 0;  ///< longest gradient; 0 = any
  double ema_decay = 0;  ///< of an average of the weights; 0 = none
  std::array<double, 2> betas{0.9, 0.999};
  double epsilon = 1e-8;
  double alpha = 0.99;
  double trust_coefficient = 0.001;
};

enum class ScheduleName {
  constant,
  step,
  multi_step,
  cosine,
  polynomial,
  one_cycle,
  plateau
};
constexpr std::array<std::string_view, 7> names(ScheduleName) {
  return {
      "constant",
      "step",
      "multi_step",
      "cosine",
      "polynomial",
      "one_cycle",
      "plateau"};
}

enum class ScheduleUnit { epoch, iteration };
constexpr std::array<std::string_view, 2> names(ScheduleUnit) {
  return {"epoch", "iteration"};
}

struct ScheduleOptions {
  ScheduleName name = ScheduleName::cosine;
  ScheduleUnit unit = ScheduleUnit::epoch;
  double warmup_epochs = 0;
  int warmup_iterations = 0;
  double warmup_start = 0.01;
  double every = 30;
  std::vector<double> milestones;
  double gamma = 0.1;
  double power = 1.0;
  double final_fraction = 0.0;
  double rise = 0.3;
  double start_fraction = 0.04;
  int patience = 5;
  double threshold = 0.001;
};

struct BatchOptions {
  int global = 0;
  int per_rank = 0;
  int micro = 0;
};

/// How much a sample's loss counts: all alike, or the more the rarer its class.
enum class ClassWeights { none, balanced };
constexpr std::array<std::string_view, 2> names(ClassWeights) {
  return {"none", "balanced"};
}

struct LossOptions {
  double label_smoothing = 0;
  ClassWeights class_weights = ClassWeights::none;
  double auxiliary_weight = -1;
};

enum class Precision { automatic, fp32, bf16, fp16 };
constexpr std::array<std::string_view, 4> names(Precision) {
  return {"auto", "fp32", "bf16", "fp16"};
}

}  // namespace convoy
