#pragma once
// The databases of a run, opened, compared over ranks and checked against the
// config.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/augment/normalize.h"
#include "data/loader/class_turns.h"
#include "data/loader/lmdb_dataset.h"
#include "data/store/facts.h"
#include "distributed/control.h"
#include "trainer/config/config.h"
#include "trainer/report/log.h"

namespace convoy {

/// A database and what is known of it.
struct DataSource {
  std::unique_ptr<LmdbDataset> dataset;
  DatasetFacts facts;   ///< as rank 0 has them
  std::string content;  ///< identity and fingerprint of this rank's own copy

  std::int64_t size() const {
    return static_cast<std::int64_t>(dataset->size());
  }
};

/// Opens `path` on every rank; rank 0 gathers the facts (a database without a
/// sidecar is read once) and tells the others. Collective. Throws
/// AgreedFailure.
DataSource open_source(
    const std::string& path,
    const DataOptions& options,
    Control& control,
    Log& log);

struct RunData {
  DataSource train;
  DataSource val;  ///< without a dataset when data.val is not given
  /// Of the training samples, with Sampling::balanced.
  std::shared_ptr<const ClassTurns> class_turns;
  int classes = 0;
  std::vector<std::string> class_names;  ///< by label; numbers when unknown
  std::shared_ptr<const Normalization> normalization;
};

/// Opens and checks what the config names; with Sampling::balanced rank 0 reads
/// the label of every training record. Collective. Throws AgreedFailure:
/// labels that are negative or beyond the classes, validation classes that are
/// not training's, a mean file that does not fit.
RunData open_run_data(const Config& config, Control& control, Log& log);

/// The normalisation that the config asks for; reads the mean file. Throws
/// MissingInput, BadData.
std::shared_ptr<const Normalization> make_normalization(
    const NormalizeOptions& options, int channels);

}  // namespace convoy
