#pragma once
// Which operations a policy takes for a picture, and how strong they are.

#include <vector>

#include "data/augment/operations.h"
#include "data/augment/random.h"
#include "data/options.h"

namespace convoy {

/// Strengths come in this many steps, from nothing to the most.
constexpr int kStrengthSteps = 31;

/// The strength of step 0 to 30 in the policy's space, without a sign, as in
/// torchvision 0.26: TrivialAugmentWide and RandAugment for pictures of
/// side x side pixels.
double strength_of(
    AugmentPolicy policy, OperationKind kind, int step, int side);

/// For a picture of options.crop_px: each kind, each sign where there are two,
/// and for trivial_wide each step, equally likely. None for
/// AugmentPolicy::none.
std::vector<Operation> draw_operations(
    const AugmentOptions& options, const DrawKey& key);

}  // namespace convoy
