#pragma once
// Mixed precision: what runs in 16 bits, and the loss scale that fp16 needs.

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <string>

#include "trainer/config/train_options.h"

namespace convoy {

/// `automatic` becomes bf16 where the hardware computes it (a GPU since Ampere,
/// or a CPU with AVX512-BF16 or AMX), else fp32.
Precision resolve_precision(Precision wanted, c10::Device device);

/// Whether bf16 is computed and not emulated there.
bool has_fast_bf16(c10::Device device);

/// Runs the scope's operations in 16 bits where that is safe (autocast). Does
/// nothing for fp32. Thread-local; one scope a forward pass, since the cached
/// casts of the weights end with it.
class AutocastScope {
 public:
  AutocastScope(Precision precision, c10::Device device);
  ~AutocastScope();
  AutocastScope(const AutocastScope&) = delete;
  AutocastScope& operator=(const AutocastScope&) = delete;

 private:
  bool active_;
  c10::DeviceType type_;
};

/// Dynamic loss scale: grows twofold after `kGrowthInterval` good steps, halves
/// after a bad one. Decided on reduced values, so it is the same on every rank.
/// Part of a checkpoint.
struct LossScale {
  static constexpr int kGrowthInterval = 2000;

  double scale = 1;
  int good_steps = 0;

  static LossScale for_precision(Precision precision);
  void update(bool found_inf, Precision precision);
  /// Whether a smaller scale may yet make the gradient finite. Never without
  /// fp16, whose scale alone is above 1.
  bool still_falls() const { return scale > 1; }
};

}  // namespace convoy
