#include "data/augment/policy.h"

#include <cmath>

namespace convoy {

namespace {

/// The strengths of the last step.
struct StrongestSteps {
  double shear;
  double translate;  ///< pixels
  double rotate;     ///< degrees
  double factor;     ///< its distance from 1
  int bits;          ///< that posterize leaves
};

StrongestSteps strongest_steps(AugmentPolicy policy, int side) {
  if (policy == AugmentPolicy::trivial_wide) {
    return {0.99, 32, 135, 0.99, 2};
  }
  return {0.3, 150.0 / 331 * side, 30, 0.9, 4};
}

constexpr int kLastStep = kStrengthSteps - 1;

/// torch.linspace(0, most, kStrengthSteps)[step]: single precision, from the
/// nearer end, rounded once. The last digit counts where shifts are cut to
/// whole pixels.
float linspace_from_zero(double most, int step) {
  const auto end = static_cast<float>(most);
  const float width = end / kLastStep;
  return step < kStrengthSteps / 2
             ? width * static_cast<float>(step)
             : std::fma(-width, static_cast<float>(kLastStep - step), end);
}

bool has_two_signs(OperationKind kind) {
  return kind >= OperationKind::shear_x && kind <= OperationKind::sharpness;
}

}  // namespace

double strength_of(
    AugmentPolicy policy, OperationKind kind, int step, int side) {
  const StrongestSteps most = strongest_steps(policy, side);
  switch (kind) {
    case OperationKind::shear_x:
    case OperationKind::shear_y:
      return linspace_from_zero(most.shear, step);
    case OperationKind::translate_x:
    case OperationKind::translate_y:
      return linspace_from_zero(most.translate, step);
    case OperationKind::rotate:
      return linspace_from_zero(most.rotate, step);
    case OperationKind::brightness:
    case OperationKind::colour:
    case OperationKind::contrast:
    case OperationKind::sharpness:
      return linspace_from_zero(most.factor, step);
    case OperationKind::posterize:
      return 8 - std::nearbyint((8.0 - most.bits) * step / kLastStep);
    case OperationKind::solarize:
      return 255 - 255.0 * step / kLastStep;
    default:
      return 0;
  }
}

std::vector<Operation> draw_operations(
    const AugmentOptions& options, const DrawKey& key) {
  std::vector<Operation> operations;
  if (options.policy == AugmentPolicy::none) {
    return operations;
  }
  const bool any_step = options.policy == AugmentPolicy::trivial_wide;
  const int count = any_step ? 1 : options.rand.operations;
  for (int i = 0; i < count; ++i) {
    const DrawBlock block(key, Draw::operation, static_cast<std::uint32_t>(i));
    const auto kind =
        static_cast<OperationKind>(block.below(0, kOperationKinds));
    const int step = any_step ? static_cast<int>(block.below(1, kStrengthSteps))
                              : options.rand.magnitude;
    const double strength =
        strength_of(options.policy, kind, step, options.crop_px);
    const bool negative = has_two_signs(kind) && block.below(2, 2) == 1;
    operations.push_back({kind, negative ? -strength : strength});
  }
  return operations;
}

}  // namespace convoy
