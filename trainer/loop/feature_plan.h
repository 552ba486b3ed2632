#pragma once
// Whether what the frozen part of a network makes of a picture stays the same
// all through a run, and how large it is.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "trainer/loop/feed.h"
#include "trainer/loop/model.h"
#include "trainer/loop/precision.h"
#include "trainer/loop/run_data.h"
#include "trainer/loop/schedule.h"

namespace convoy {

/// What of a run's features is kept.
struct FeaturePlan {
  bool train = false;
  bool val = false;
  std::string note;  ///< for the log; empty when the head is not trained alone
};

/// Decides by config, network and sizes alone, so that all ranks, and a run
/// that goes on, decide alike.
FeaturePlan plan_features(
    const Config& config,
    const RunData& data,
    const Model& model,
    int ranks,
    const RunLength& length);

/// The features of two made-up pictures of this shape. REQUIRES
/// model.two_parts().
at::Tensor example_features(
    const Model& model, Precision precision, const ImageShape& shape);

/// Bytes of one sample's features.
std::int64_t feature_bytes(const at::Tensor& example);

}  // namespace convoy
