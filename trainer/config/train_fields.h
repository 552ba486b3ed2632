#pragma once
// Keys of the sections run, optimizer, schedule, batch, loss and distributed
// (see fields.h).

#include <concepts>
#include <type_traits>

#include "trainer/config/config.h"
#include "trainer/config/number_range.h"

namespace convoy {

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, RunOptions>
void for_each_field(O& o, V&& visit) {
  visit("dir", o.dir, "folder for everything that the run writes");
  visit(
      "seed",
      o.seed,
      "of every random draw: initial weights, sample order, augmentation, "
      "dropout");
  visit(
      "epochs",
      o.epochs,
      "passes over the training data; 0: see iterations",
      at_least(0));
  visit(
      "iterations",
      o.iterations,
      "steps; 0: see epochs. Exactly one of the two is set",
      at_least(0));
  visit("log_every", o.log_every, "steps between log lines", at_least(1));
  visit(
      "evaluate_every_epochs",
      o.evaluate_every_epochs,
      "epochs between evaluations on data.val; 0: at the end only",
      at_least(0));
  visit(
      "checkpoint_every_epochs",
      o.checkpoint_every_epochs,
      "epochs between checkpoints; 0: at the end only",
      at_least(0));
  visit(
      "checkpoint_every_steps",
      o.checkpoint_every_steps,
      "steps between checkpoints, beside those by epoch; 0: none",
      at_least(0));
  visit(
      "keep",
      o.keep,
      "newest checkpoints that are kept, beside the best one",
      at_least(1));
  visit(
      "best_by",
      o.best_by,
      "the figure on data.val that makes a checkpoint the best");
  visit(
      "patience_epochs",
      o.patience_epochs,
      "the run ends when no evaluation was better for so many epochs; 0: it "
      "goes to its end",
      at_least(0));
  visit(
      "on_nonfinite",
      o.on_nonfinite,
      "a step whose loss or gradient is NaN or infinite: `skip` the update, or "
      "`stop` the run");
  visit(
      "max_nonfinite",
      o.max_nonfinite,
      "non-finite steps in a row after which the run stops (exit code 76)",
      at_least(1));
  visit("device", o.device, "`auto` takes the GPU if there is one");
  visit(
      "deterministic",
      o.deterministic,
      "GPU: only kernels that repeat bit by bit; slower. The CPU always "
      "repeats");
  visit(
      "baseline",
      o.baseline,
      "a scaling.json of `convoy scaling`: live speedup and efficiency are "
      "logged against it");
  visit(
      "tensorboard",
      o.tensorboard,
      "an event file for TensorBoard in `run.dir`: the curves of "
      "metrics.jsonl, and once a picture of augmented samples");
}

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, OptimizerOptions>
void for_each_field(O& o, V&& visit) {
  visit("name", o.name, "update rule");
  visit("lr", o.lr, "peak learning rate", above(0));
  visit(
      "lr_scaling",
      o.lr_scaling,
      "how lr follows the global batch: `linear` multiplies by global / "
      "lr_batch, `sqrt` by its root");
  visit(
      "lr_batch",
      o.lr_batch,
      "with scaling: the global batch that lr is meant for",
      at_least(1));
  visit("momentum", o.momentum, "sgd, rmsprop, lars", between(0, 0.9999));
  visit("nesterov", o.nesterov, "sgd: Nesterov's form of momentum");
  visit(
      "weight_decay",
      o.weight_decay,
      "L2 (sgd, adam, rmsprop, lars) or decoupled (adamw)",
      at_least(0));
  visit(
      "decay_norm_and_bias",
      o.decay_norm_and_bias,
      "false: no weight decay on norms and biases");
  visit(
      "clip_norm",
      o.clip_norm,
      "a gradient longer than this is shortened to it; 0: any length",
      at_least(0));
  visit(
      "ema_decay",
      o.ema_decay,
      "what an average of the weights keeps at each step, such as 0.999; it is "
      "evaluated, and what `convoy evaluate` and `predict` use; 0: none",
      between(0, 0.999999));
  visit("betas", o.betas, "adam, adamw", between(0, 0.999999));
  visit("epsilon", o.epsilon, "adam, adamw, rmsprop", above(0));
  visit(
      "alpha",
      o.alpha,
      "rmsprop: decay of the squared average",
      between(0, 0.999999));
  visit("trust_coefficient", o.trust_coefficient, "lars", above(0));
}

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, ScheduleOptions>
void for_each_field(O& o, V&& visit) {
  visit("name", o.name, "how the learning rate moves from its peak");
  visit("unit", o.unit, "what every and milestones count");
  visit(
      "warmup_epochs", o.warmup_epochs, "linear rise to the peak", at_least(0));
  visit(
      "warmup_iterations",
      o.warmup_iterations,
      "the same in steps; one of the two at most",
      at_least(0));
  visit(
      "warmup_start",
      o.warmup_start,
      "where the rise begins, as a fraction of the peak",
      between(0, 1));
  visit("every", o.every, "step: units between drops", above(0));
  visit(
      "milestones",
      o.milestones,
      "multi_step: units after which the rate drops",
      above(0));
  visit(
      "gamma",
      o.gamma,
      "step, multi_step, plateau: factor of a drop",
      between(0, 1));
  visit("power", o.power, "polynomial: exponent", above(0));
  visit(
      "final_fraction",
      o.final_fraction,
      "cosine, polynomial, one_cycle, plateau: lowest rate, as a fraction of "
      "the peak",
      between(0, 1));
  visit(
      "rise", o.rise, "one_cycle: share of the run that rises", between(0, 1));
  visit(
      "start_fraction",
      o.start_fraction,
      "one_cycle: where the rise begins, as a fraction of the peak",
      between(0, 1));
  visit(
      "patience",
      o.patience,
      "plateau: evaluations in a row without improvement before a drop, "
      "whatever unit says",
      at_least(1));
  visit(
      "threshold",
      o.threshold,
      "plateau: what counts as improvement of the validation loss, relative",
      at_least(0));
}

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, BatchOptions>
void for_each_field(O& o, V&& visit) {
  visit(
      "global",
      o.global,
      "samples per step over all ranks; exactly one of global and per_rank",
      at_least(0));
  visit("per_rank", o.per_rank, "samples per step and rank", at_least(0));
  visit(
      "micro",
      o.micro,
      "samples per forward and backward: gradients accumulate over the rank's "
      "share; 0: the whole share at once",
      at_least(0));
}

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, LossOptions>
void for_each_field(O& o, V&& visit) {
  visit(
      "label_smoothing",
      o.label_smoothing,
      "share of the target spread over all classes",
      between(0, 0.99));
  visit(
      "class_weights",
      o.class_weights,
      "`balanced`: a training sample counts samples / (classes x samples of "
      "its "
      "class), over the classes that have any: 1 on average. Evaluation counts "
      "every sample alike");
  visit(
      "auxiliary_weight",
      o.auxiliary_weight,
      "of the loss of each auxiliary head (googlenet, googlenet_caffe, "
      "inception_v3); 0: these heads teach nothing; -1: the network's own "
      "(0.3, "
      "0.3, 0.4)",
      between(-1, 10));
}

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, DistributedOptions>
void for_each_field(O& o, V&& visit) {
  visit(
      "backend",
      o.backend,
      "what carries gradients: `auto` is nccl between GPUs, shm between CPUs "
      "(shared memory inside a host and MPI between hosts), or mpi where "
      "memory "
      "can't be shared; shm and mpi between GPUs go through host memory: slow, "
      "but ranks may share one");
  visit(
      "bucket_mb",
      o.bucket_mb,
      "gradients travel in buckets of this size; 0: as large as makes an "
      "all-reduce's latency a twentieth of its time, measured at the start and "
      "kept in checkpoints",
      between(0, 4096));
  visit(
      "first_bucket_mb",
      o.first_bucket_mb,
      "the first bucket and the last are smaller, so that communication starts "
      "early and little is left at the end",
      between(0.001, 4096));
  visit(
      "timeout_s",
      o.timeout_s,
      "a rank that waits longer for the others ends the job (exit code 71)",
      at_least(1));
  visit(
      "affinity",
      o.affinity,
      "`share`: each rank gets its share of the host's CPUs; `keep`: what the "
      "launcher bound it to");
  visit(
      "verify_replicas_every",
      o.verify_replicas_every,
      "steps between comparisons of all ranks' parameters, buffers and "
      "optimizer state by hash; 0: at checkpoints only",
      at_least(0));
  visit(
      "sync_batch_norm",
      o.sync_batch_norm,
      "so many ranks' batches are one to batch norm, for batches of few "
      "samples "
      "a rank; 1: each rank's own, 0: all ranks'. Costs an exchange a layer, "
      "forward and backward",
      at_least(0));
  visit(
      "virtual_ranks",
      o.virtual_ranks,
      "reproducible mode: a run has the bits of one on so many ranks, whatever "
      "divisor of them trains (12: on 1, 2, 3, 4, 6 or 12), and goes on from "
      "one's checkpoint on another; costs communication. 0: off",
      at_least(0));
  visit(
      "sharded_optimizer",
      o.sharded_optimizer,
      "each rank updates its part of the parameters and keeps the optimizer's "
      "state of that part only; checkpoints are the same. `auto`: where all "
      "ranks share a host's memory, on CPUs, which is faster; not with lars, "
      "virtual ranks or clipped gradients, whose norm would round otherwise");
}

}  // namespace convoy
