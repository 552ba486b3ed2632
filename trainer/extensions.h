#pragma once
// What a program of one's own adds to convoy. docs/extending.md shows one.

#include <vector>

#include "data/augment/augmentation.h"
#include "data/importers/source.h"
#include "nets/registry.h"

namespace convoy {

/// All names are lower-case letters, digits and underscores, and none is taken,
/// by convoy or by another of its kind.
struct Extensions {
  std::vector<NetEntry> nets;  ///< for net.name and extensions.NAME.*
  std::vector<Augmentation> augmentations;  ///< for extensions.NAME.*
  std::vector<PictureSource> sources;       ///< for `convoy import NAME`
};

/// Puts networks and augmentations beside convoy's own, and checks the sources.
/// To be called once, before anything reads them and before any thread is
/// started. Throws std::invalid_argument.
void register_extensions(const Extensions& extensions);

}  // namespace convoy
