#pragma once
// What a checkpoint says beside its tensors, and putting tensors back in place.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/augment/normalize.h"
#include "distributed/world.h"
#include "trainer/checkpoint/tensor_file.h"
#include "trainer/checkpoint/train_state.h"
#include "trainer/config/config.h"

namespace convoy {

/// Facts of a checkpoint, in the metadata of its file.
struct CheckpointFacts {
  std::string config;  ///< YAML
  std::string train_fingerprint;
  std::string val_fingerprint;  ///< empty without data.val
  /// How data.train was made (DatasetFacts::made_by); empty when unknown.
  std::map<std::string, std::string> data_made_by;
  std::vector<std::string> class_names;
  std::int64_t global_batch = 0;
  std::string arithmetic;  ///< Trainer::arithmetic of the run
  /// TrainStep::gradient_order; empty in checkpoints of before there was one.
  std::vector<std::string> gradient_order = {};
  double bucket_mb = 0;  ///< TrainStep::bucket_mb; 0: unknown
  std::string version;
  TrainState state;
};

/// "convoy.*" entries of a file's metadata.
std::map<std::string, std::string> to_metadata(const CheckpointFacts& facts);

/// Throws BadData naming `source` when the file is no checkpoint, or of a
/// format this program does not know.
CheckpointFacts facts_of_checkpoint(
    const TensorFile& file, const std::string& source);

/// Sends rank 0's file to every rank: one rank reads and verifies it, and a
/// folder that only rank 0 sees is enough. Collective; `file` is used on rank
/// 0.
TensorFile broadcast_file(const std::optional<TensorFile>& file, World& world);

/// Copies tensors by name from `file` into `state`, exactly: throws BadData
/// when one is missing, unexpected or has another shape or type.
void restore_tensors(
    const std::vector<NamedTensor>& state,
    const TensorFile& file,
    const std::string& source);

/// The tensors whose name begins with `prefix`, without it.
std::vector<NamedTensor> with_prefix(
    const TensorFile& file, const std::string& prefix);

/// What a checkpoint's network is evaluated with and started from: the average
/// where one was kept, else the weights.
std::vector<NamedTensor> weights_to_use(const TensorFile& file);

/// A mean picture travels with the checkpoint, as tensor "normalize.mean".
void add_mean(const Normalization& normalization, TensorFile& file);

/// The normalisation of a checkpoint's config, with the mean picture that the
/// file carries. Throws BadData when the config wants one and the file has none
/// that fits.
Normalization normalization_of(const Config& config, const TensorFile& file);

/// Of a run's databases; `val` is empty without one.
struct Fingerprints {
  std::string train;
  std::string val;
};

/// What would make a resumed run another run: one line for each key of the
/// config whose value differs, with both values.
std::vector<std::string> differences(
    const CheckpointFacts& facts,
    const Config& config,
    std::int64_t global_batch,
    const Fingerprints& now);

}  // namespace convoy
