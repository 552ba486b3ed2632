#pragma once
// Registered augmentations around the built-in ones.

#include <cstdint>
#include <vector>

#include "data/augment/augmentation.h"
#include "data/loader/transform.h"

namespace convoy {

/// What is added to the built-in transform.
struct TransformExtension {
  std::vector<Augmentation> augmentations;  ///< with the config's values
  std::uint64_t seed = 0;
  int side = 0;      ///< of the finished sample, pixels
  int channels = 0;  ///< of the finished sample
};

/// `built_in` with those augmentations on pictures that a sample draws before
/// it, and those on finished samples after it, each in the order of the list.
/// The transform throws BadData for a record of floats that draws one on
/// pictures, std::logic_error when one leaves no picture of as many channels.
MakeTransform extended_transform(
    MakeTransform built_in, const TransformExtension& extension);

}  // namespace convoy
