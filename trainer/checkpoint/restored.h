#pragma once
// A network as a checkpoint left it, with all that is needed to use it.

#include <filesystem>
#include <memory>
#include <string>

#include "data/augment/normalize.h"
#include "trainer/checkpoint/contents.h"
#include "trainer/config/config.h"
#include "trainer/loop/model.h"

namespace convoy {

struct Restored {
  CheckpointFacts facts;
  Config config;  ///< of the run that wrote the checkpoint
  std::unique_ptr<Model> model;
  std::shared_ptr<const Normalization> normalization;
};

/// Builds the network of `file` on `device`. Throws BadData when the file is no
/// checkpoint, or not of this network.
Restored restore(
    const TensorFile& file, const std::string& source, c10::Device device);

/// best.safetensors of a run folder, or else its newest checkpoint. Throws
/// MissingInput.
std::filesystem::path best_checkpoint(const std::string& run_dir);

}  // namespace convoy
