#pragma once
// Random numbers without a state: each is a pure function of (seed, epoch,
// sample, purpose), by Philox 4x32-10 (Salmon et al., SC 2011). So neither the
// order of samples nor the number of threads or ranks has a say, and turning
// one augmentation off leaves the draws of the others as they were.

#include <array>
#include <cstdint>

namespace convoy {

/// Whose numbers they are.
struct DrawKey {
  std::uint64_t seed = 0;
  std::uint32_t epoch = 0;
  std::uint64_t sample = 0;  ///< index in the dataset, and which copy of it
};

/// What they are for: the counter of the block they come from. These values are
/// part of what a seed means; new purposes get new ones.
enum class Draw : std::uint32_t {
  crop = 0,  ///< one block a try: area, ratio, x, y; up to ten
  flip_horizontal = 16,
  flip_vertical = 17,
  rotation = 18,
  translation = 19,  ///< x, y
  brightness = 20,
  contrast = 21,
  saturation = 22,
  hue = 23,
  noise = 24,        ///< a 64-bit key
  lighting = 25,     ///< two pairs of uniform numbers, for three normal ones
  erase = 26,        ///< whether
  erase_noise = 27,  ///< a 64-bit key
  mix_way = 28,      ///< mixup or CutMix
  mix_share = 29,    ///< two uniform numbers
  mix_box = 30,      ///< x, y
  replacement = 32,  ///< for a sample that can't be read; one block a try
  order = 64,        ///< of a list, kNoSample - list; a block a Feistel round
  mix_partner = 80,  ///< one block a try: 64 bits; up to 16
  erase_box = 96,    ///< one block a try: area, ratio, x, y; up to ten
  operation = 112,   ///< one block an operation: which, strength, sign
  extension = 128,   ///< of a registered augmentation, with a seed of its own;
                     ///< one block for every four numbers
};

/// The sample of a draw that belongs to none. Numbers just below are lists of
/// samples.
constexpr std::uint64_t kNoSample = ~std::uint64_t{0};

/// The 128 bits for one purpose and try.
class DrawBlock {
 public:
  DrawBlock(const DrawKey& key, Draw purpose, std::uint32_t attempt = 0);

  /// Uniform in [0, 1), word 0 to 3.
  double uniform(int word) const { return words_[word] * 0x1p-32; }

  /// Uniform in [low, high).
  double uniform(int word, double low, double high) const {
    return low + (high - low) * uniform(word);
  }

  /// Uniform among 0 .. count - 1, count <= 2^32.
  std::uint64_t below(int word, std::uint64_t count) const {
    return (words_[word] * count) >> 32;
  }

  /// Words 0 and 1.
  std::uint64_t bits64() const { return words_[1] << 32 | words_[0]; }

 private:
  std::array<std::uint64_t, 4> words_;  // 32 bits each
};

}  // namespace convoy
