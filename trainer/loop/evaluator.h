#pragma once
// Exact evaluation: every sample once, the same figures on any number of ranks.
//
// Logits depend on the size of a forward pass, so samples are evaluated in
// fixed blocks; on the CPU each block is computed by one thread, so they do not
// depend on the number of threads either. Losses are summed in the order of the
// samples, in fp64.

#include <string>
#include <vector>

#include "data/loader/loader.h"
#include "distributed/world.h"
#include "trainer/loop/feed.h"
#include "trainer/loop/metrics.h"
#include "trainer/loop/model.h"
#include "trainer/loop/precision.h"

namespace convoy {

struct EvaluationInput {
  const Dataset& dataset;
  MakeTransform make_transform;
  ImageShape shape;
  int block = 32;
  int workers = 1;  ///< loader threads per rank
  int threads = 1;  ///< blocks computed at once per rank, on the CPU
  BadSamples bad_samples = BadSamples::stop;
};

struct Evaluation {
  Sums sums;
  std::vector<std::string> bad;  ///< why samples of any rank were left out
};

/// Collective. `progress` hears how many of this rank's samples are done, on
/// one thread at a time. Throws BadData when a record is bad and bad_samples is
/// `stop`, OutOfMemory with what to set.
Evaluation evaluate(
    const Model& model,
    Precision precision,
    const EvaluationInput& input,
    World& world,
    const std::function<void(std::int64_t)>& progress = nullptr);

}  // namespace convoy
