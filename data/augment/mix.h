#pragma once
// Mixup (Zhang et al., ICLR 2018) and CutMix (Yun et al., ICCV 2019): a sample
// and another one of the training data become one picture with two labels.

#include <cstdint>

#include "data/augment/random.h"
#include "data/image/resize.h"
#include "data/options.h"

namespace convoy {

/// How a sample and its partner are put together.
struct MixPlan {
  double share = 1;  ///< of the sample's own label; 1 - it: the partner's
  Window box;        ///< CutMix: of the output, the partner's; empty: mixup
};

/// x of Beta(alpha, alpha), for alpha > 0, from two uniform numbers in [0, 1),
/// by Bailey's polar method for Student's t ("Polar generation of random
/// variates with the t-distribution", Math. Comp. 1994), of which a symmetric
/// beta variate is a function.
double symmetric_beta(double alpha, double u, double v);

/// Mixes the samples of a dataset. Thread-safe.
class Mixer {
 public:
  struct Shape {
    int side = 0;  ///< of the square pictures, in pixels
    int channels = 3;
  };

  /// REQUIRES that options mix, else std::logic_error.
  Mixer(const AugmentOptions& options, const Shape& shape, std::uint64_t seed);

  /// What becomes of a sample: a function of (seed, epoch, id). With both ways
  /// on, each is taken with even chances. CutMix's box and share are those of
  /// torchvision's reference: a box of the drawn area about any middle, cut at
  /// the edges, and the share is what is left of the picture.
  MixPlan draw(std::uint32_t epoch, std::uint64_t id) const;

  /// `image` becomes the mixture of it and `partner`: finished pictures,
  /// channels-last.
  void run(const MixPlan& plan, const float* partner, float* image) const;

 private:
  Window draw_box(const DrawKey& key, double share) const;

  double mixup_alpha_;
  double cutmix_alpha_;
  Shape shape_;
  std::uint64_t seed_;
};

/// Whether the options mix.
inline bool mixes(const AugmentOptions& options) {
  return options.mixup_alpha > 0 || options.cutmix_alpha > 0;
}

}  // namespace convoy
