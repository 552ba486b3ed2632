#pragma once
// One size for all pictures, in the ways that DIGITS knows.

#include <cstdint>

#include "data/image/image.h"
#include "data/image/resize.h"
#include "data/importers/options.h"

namespace convoy {

/// Height and width in pixels.
struct PixelSize {
  int height = 0;
  int width = 0;
  bool operator==(const PixelSize&) const = default;
};

/// The picture is scaled to `scaled`; `kept` is cut from that; it lies at top,
/// left in the result. What it leaves open is for noise.
struct Placement {
  PixelSize scaled;
  Window kept;
  int top = 0;
  int left = 0;
};

/// `mode` is not none; sizes are positive.
Placement place(ResizeMode mode, PixelSize picture, PixelSize target);

/// Applies place(). `out` gets the target's size and `in`'s channels. Noise is
/// a function of `noise_seed`. `out` is not `in`.
class ModeResizer {
 public:
  ModeResizer(ResizeMode mode, PixelSize target)
      : mode_(mode), target_(target) {}
  void run(const Image& in, std::uint64_t noise_seed, Image& out);

 private:
  ResizeMode mode_;
  PixelSize target_;
  Resizer resizer_;
  Image scaled_;
};

}  // namespace convoy
