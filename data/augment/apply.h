#pragma once
// Carries out a plan: from a decoded picture to normalised floats in a batch
// slot.

#include <memory>

#include "data/augment/draw.h"
#include "data/augment/normalize.h"
#include "data/image/image.h"

namespace convoy {

/// A float_data record: channels x height x width, planar, BGR, any values.
struct FloatPicture {
  int channels = 0;
  int height = 0;
  int width = 0;
  const float* values = nullptr;  ///< not owned
};

/// The pixels of a picture of `size` that the plan looks at, and few others.
Window picture_window(const AugmentPlan& plan, const PictureSize& size);

/// One per thread: it keeps scratch memory. Output: window.height x
/// window.width x channels floats, interleaved (channels-last), in the order
/// that Normalization says. The bits do not depend on `simd`.
class Augmenter {
 public:
  /// `normalization` must outlive it.
  explicit Augmenter(
      const Normalization& normalization, Simd simd = best_simd());
  ~Augmenter();
  Augmenter(Augmenter&&) noexcept;

  /// Throws BadData when the mean file does not fit the picture or can't be
  /// applied to a crop that is scaled, rotated or shifted or has gone through a
  /// policy, or when gray pictures are to get lighting noise; std::logic_error
  /// when the picture does not have the normalisation's channels.
  /// Of the picture it reads picture_window() alone.
  void apply(const AugmentPlan& plan, const Image& image, float* out);

  /// Only crops, mirrors and erases: throws BadData when the plan asks for
  /// more.
  void apply(const AugmentPlan& plan, const FloatPicture& picture, float* out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace convoy
