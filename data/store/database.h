#pragma once
// A read-only LMDB database of labelled pictures, as Caffe, DIGITS and convoy
// write them: records by number, from any thread.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "data/store/datum.h"

namespace convoy {

/// One record, in the database's own memory.
struct Record {
  std::string_view key;  ///< opaque bytes; LMDB keeps records in their order
  std::span<const std::uint8_t> value;
};

/// Opened without LMDB's locks: a database is written once and then read, so it
/// may lie in a read-only folder or on a network file system, any number of
/// processes may read it, and killed ones leave nothing behind. No one may
/// write to it meanwhile.
///
/// Before LMDB sees the file, its size and the structure of its pages are
/// checked, so that a damaged copy is a sentence and no SIGBUS. That visits
/// every key once: about 0.1 us a record when the pages are in memory.
class Database {
 public:
  /// `path` is a folder that holds data.mdb, or a single-file database. Throws
  /// MissingInput or BadData with the absolute path. No records is no error.
  explicit Database(const std::string& path);
  ~Database();
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;

  const std::string& path() const;  ///< absolute
  std::size_t size() const;         ///< records
  std::uint64_t bytes() const;      ///< of the file that are in use

  /// A hash of all keys and value sizes, known from opening alone: the cheap
  /// way to compare databases over ranks. Content is covered by
  /// DatasetFacts::fingerprint.
  const std::string& identity() const;

  /// Record `index` (0 <= index < size()) in key order. Thread-safe; what it
  /// returns lives as long as the Database. Throws BadData naming the database,
  /// std::out_of_range for an index beyond the end.
  Record read(std::size_t index) const;

  /// Reads and parses record `index` into `out`, whose data point into the
  /// database. Checks the payload's size and, if wanted, the checksum. Throws
  /// BadData that names the database and the key. Returns the key.
  std::string_view read_datum(
      std::size_t index, bool verify_checksum, Datum& out) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// "record 'KEY' of DATABASE", for messages.
std::string name_of_record(const Database& database, std::string_view key);

}  // namespace convoy
