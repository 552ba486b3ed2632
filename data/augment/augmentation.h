#pragma once
// Augmentations that a program of one's own adds to the built-in ones: named
// operations on a training sample, each applied with a probability that a
// config sets. docs/extending.md shows one.

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "data/augment/random.h"
#include "data/image/image.h"

namespace convoy {

/// A number that a config may set, as extensions.NAME.KEY.
struct AugmentationKey {
  std::string name;
  double value = 0;  ///< where no config sets it
  double least = -std::numeric_limits<double>::infinity();  ///< included
  double most = std::numeric_limits<double>::infinity();    ///< included
  std::string help = {};
};

/// The keys' values by name.
using AugmentationValues = std::map<std::string, double>;

/// Random numbers, one after another. They are keyed by (seed, epoch, sample)
/// and the augmentation's name: the same for any number of ranks and threads,
/// and whatever other augmentations there are.
class AugmentationDraws {
 public:
  /// `key` is the sample's.
  AugmentationDraws(const DrawKey& key, const std::string& augmentation);

  /// Uniform in [0, 1).
  double uniform();

  /// Uniform in [low, high).
  double uniform(double low, double high) {
    return low + (high - low) * uniform();
  }

 private:
  DrawKey key_;
  DrawBlock block_;
  std::uint32_t drawn_ = 0;
};

/// The network's input, made of one sample: height x width x channels floats,
/// interleaved, normalised, in the order of normalize.style (torchvision: RGB,
/// caffe: BGR).
struct FinishedSample {
  float* values = nullptr;  ///< not owned
  int height = 0;
  int width = 0;
  int channels = 0;
};

/// Exactly one of the two operations is set. It is called by several threads at
/// once and so keeps nothing between calls; all it draws comes from `draws`.
/// Throw BadData (data/errors.h) for a picture that can't be used.
struct Augmentation {
  /// On the decoded picture (RGB, or gray where data.channels is 1), before the
  /// crop. It may give it another size, but not other channels.
  using OnPicture =
      void(Image& picture, const AugmentationValues&, AugmentationDraws&);
  /// On the finished sample, after everything else.
  using OnFinished = void(
      const FinishedSample& sample,
      const AugmentationValues&,
      AugmentationDraws&);

  std::string name;  ///< lower-case letters, digits, underscores
  std::string help;  ///< what it does, in a line
  std::vector<AugmentationKey> keys = {};  ///< beside `probability`
  std::function<OnPicture> on_picture = nullptr;
  std::function<OnFinished> on_finished = nullptr;
  /// Of being applied to a training sample, as a config sets it. It is off
  /// where none does, so that a config means the same to every program.
  double probability = 0;
};

/// Adds one, before the first config is read and before any thread is started;
/// from then on the list is read only. Throws std::invalid_argument when the
/// name is taken or the augmentation contradicts the above.
void register_augmentation(Augmentation augmentation);

/// Those of this program, in the order in which they were registered and are
/// applied.
const std::vector<Augmentation>& registered_augmentations();

}  // namespace convoy
