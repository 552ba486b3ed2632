#pragma once
// A config to begin with, chosen by how many pictures there are.

#include <cstdint>
#include <string>

#include "nets/registry.h"

namespace convoy {

/// What a preset is chosen by.
struct PresetInput {
  std::string train;    ///< databases, as the config names them
  std::string val;      ///< empty: there is none
  std::string run_dir;  ///< where the run will write
  std::string weights;  ///< a weight file; empty: from scratch
  std::uint64_t pictures = 0;
  std::uint64_t classes = 0;
  std::uint64_t fewest = 0;  ///< pictures of the rarest class
  std::uint64_t most = 0;    ///< of the most frequent one
  int short_side = 0;        ///< pixels, of the smallest stored picture
};

/// A config with a comment on each choice, as YAML that `convoy train` takes.
std::string preset(const PresetInput& input, const NetFacts& facts);

}  // namespace convoy
