#pragma once
// Exact evaluation: every sample once, the same figures on any number of ranks.
//
// Samples are evaluated in fixed blocks (blocks.h). Losses are summed in the
// order of the samples, in fp64.

#include <string>
#include <vector>

#include "distributed/world.h"
#include "trainer/evaluation/hit_counts.h"
#include "trainer/evaluation/predictions.h"
#include "trainer/evaluation/views.h"
#include "trainer/loop/blocks.h"
#include "trainer/loop/metrics.h"
#include "trainer/loop/model.h"
#include "trainer/loop/precision.h"

namespace convoy {

struct EvaluationInput {
  const Dataset& dataset;
  MakeTransform make_transform;
  ImageShape shape;  ///< of one view
  int block = 32;
  int workers = 1;  ///< loader threads per rank
  int threads = 1;  ///< blocks computed at once per rank, on the CPU
  BadSamples bad_samples = BadSamples::stop;
  Views views{};  ///< make_transform writes them
  Keep keep = Keep::nothing;
};

/// What a network of two parts computes of this rank's blocks, kept from one
/// evaluation to the next while its first part stays as it is.
struct KeptBlocks {
  bool whole = false;  ///< an evaluation has filled it
  std::vector<DeviceBatch> blocks;
  std::vector<BadSample> bad;
};

struct Evaluation {
  Sums sums;
  Shares macro{};                ///< HitCounts::macro()
  std::vector<std::string> bad;  ///< why samples of any rank were left out
  Predictions predictions{};     ///< what was to be kept; on rank 0 alone
};

/// Collective. `progress` hears how many of this rank's samples are done, on
/// one thread at a time. Throws BadData when a record is bad and bad_samples is
/// `stop`, OutOfMemory with what to set. With `kept`, pictures are computed in
/// the first call with it alone; the figures are the same to the bit. The model
/// must then be of two parts.
Evaluation evaluate(
    const Model& model,
    Precision precision,
    const EvaluationInput& input,
    World& world,
    const std::function<void(std::int64_t)>& progress = nullptr,
    KeptBlocks* kept = nullptr);

}  // namespace convoy
