#pragma once
// LMDB's write side: records in batches, one transaction each, in a map that
// grows.

#include <string>
#include <string_view>
#include <vector>

#include "data/store/lmdb/check.h"

namespace convoy {

/// Fills a new database in a folder. Records wait in memory until a batch is
/// full, so that a batch can be written again when the map was too small for
/// it.
class BatchWriter {
 public:
  struct Options {
    std::size_t batch_records = 1000;                 ///< as Caffe commits
    std::size_t batch_bytes = std::size_t{64} << 20;  ///< what waits in memory
    std::size_t map_bytes = std::size_t{64} << 20;    ///< to begin with
  };

  /// `folder` exists and is empty. Throws WriteFailure.
  BatchWriter(const std::string& folder, const Options& options);

  /// Throws WriteFailure; BadData when `key` is there already, is empty or is
  /// longer than LMDB's 511 bytes.
  void add(std::string_view key, std::string_view value);

  /// Writes what waits, and waits until all of it is on the disk.
  void finish();

 private:
  struct Pending {
    std::string key;
    std::size_t start;
    std::size_t size;
    bool ascending;  // after all keys before: LMDB appends without a search
  };

  void flush();
  bool try_flush();
  void grow();

  std::string folder_;
  Options options_;
  LmdbEnvironment environment_;
  std::vector<Pending> pending_;
  std::string values_;
  std::string last_key_;  // the greatest so far
};

}  // namespace convoy
