#pragma once
// An LMDB database as a dataset.

#include "data/loader/dataset.h"
#include "data/store/database.h"

namespace convoy {

struct LmdbDatasetOptions {
  int channels = 3;  ///< 3: pictures become RGB; 1: gray
  bool verify_checksums = true;
};

class LmdbDataset : public Dataset {
 public:
  /// Throws as Database does, and BadData when it holds no records.
  LmdbDataset(const std::string& path, const LmdbDatasetOptions& options);

  std::uint64_t size() const override { return database_.size(); }
  void read(std::uint64_t index, Sample& sample) const override {
    read_needed(index, {}, sample);
  }
  void read_needed(
      std::uint64_t index,
      const NeededWindow& needed,
      Sample& sample) const override;

  const Database& database() const { return database_; }

 private:
  Database database_;
  LmdbDatasetOptions options_;
};

}  // namespace convoy
