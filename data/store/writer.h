#pragma once
// Writes a database of labelled pictures that Caffe reads too.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/store/datum.h"
#include "data/store/facts.h"

namespace convoy {

struct WriterOptions {
  /// Replace a database of that name, once this one is complete.
  bool overwrite = false;
  std::size_t batch_records = 1000;  ///< written in one go, as Caffe does it
  /// What may wait in memory for that.
  std::size_t batch_bytes = std::size_t{64} << 20;
  /// Size of the map to begin with; it doubles when it is full.
  std::size_t map_bytes = std::size_t{64} << 20;
};

/// What only the one who writes a database knows of it.
struct Provenance {
  std::vector<std::string> class_names;        ///< by label; may be empty
  std::map<std::string, std::string> made_by;  ///< options by name
};

/// A database appears under its name at publish(), complete and on the disk, or
/// not at all. Each record gets a checksum. One thread.
class Writer {
 public:
  /// Throws WriteFailure, at once when the target exists or can't be written.
  explicit Writer(const std::string& path, const WriterOptions& options = {});
  ~Writer();
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;

  /// Fastest when keys ascend. `datum` is used during the call only. Throws
  /// BadData for a key that was there already, WriteFailure when the disk is
  /// full.
  void add(std::string_view key, const Datum& datum);

  /// Writes the facts beside the records. Call once. Throws WriteFailure.
  DatasetFacts complete(const Provenance& provenance = {});
  /// Gives the complete database its name. Call once. Throws WriteFailure.
  void publish();
  /// Both.
  DatasetFacts finish(const Provenance& provenance = {});

  const std::string& path() const;  ///< absolute

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace convoy
