#include "trainer/loop/precision.h"

#include <ATen/autocast_mode.h>

#include "distributed/device.h"
#include "trainer/health/cpu.h"

namespace convoy {

bool has_fast_bf16(c10::Device device) {
  if (device.is_cuda()) {
    // Turing has no bf16 units, and cuDNN no bf16 convolution for it.
    constexpr int kAmpere = 80;
    const auto gpus = find_gpus().gpus;
    return gpus.at(static_cast<std::size_t>(device.index())).capability >=
           kAmpere;
  }
  return cpu_has("avx512_bf16") || cpu_has("amx_bf16");
}

Precision resolve_precision(Precision wanted, c10::Device device) {
  if (wanted != Precision::automatic) {
    return wanted;
  }
  return has_fast_bf16(device) ? Precision::bf16 : Precision::fp32;
}

AutocastScope::AutocastScope(Precision precision, c10::Device device)
    : active_(precision == Precision::bf16 || precision == Precision::fp16),
      type_(device.type()) {
  if (active_) {
    at::autocast::set_autocast_dtype(
        type_, precision == Precision::bf16 ? at::kBFloat16 : at::kHalf);
    at::autocast::set_autocast_enabled(type_, true);
    at::autocast::increment_nesting();
  }
}

AutocastScope::~AutocastScope() {
  if (active_) {
    if (at::autocast::decrement_nesting() == 0) {
      at::autocast::clear_cache();
    }
    at::autocast::set_autocast_enabled(type_, false);
  }
}

LossScale LossScale::for_precision(Precision precision) {
  return {.scale = precision == Precision::fp16 ? 65536.0 : 1.0};
}

void LossScale::update(bool found_inf, Precision precision) {
  if (precision != Precision::fp16) {
    return;
  }
  if (found_inf) {
    scale = scale > 1 ? scale / 2 : scale;
    good_steps = 0;
  } else if (++good_steps == kGrowthInterval) {
    scale *= 2;
    good_steps = 0;
  }
}

}  // namespace convoy
