#include "data/augment/random.h"

#include <ATen/core/PhiloxRNGEngine.h>

namespace convoy {

DrawBlock::DrawBlock(const DrawKey& key, Draw purpose, std::uint32_t attempt) {
  const std::uint64_t counter = static_cast<std::uint64_t>(key.epoch) << 32 |
                                (static_cast<std::uint32_t>(purpose) + attempt);
  at::Philox4_32 philox(key.seed, key.sample, counter);
  for (std::uint64_t& word : words_) {
    word = philox();
  }
}

}  // namespace convoy
