#pragma once
// LMDB's read side: as many cursors as threads read at a time.

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "data/store/database.h"
#include "data/store/lmdb/check.h"
#include "data/store/lmdb/key_index.h"

namespace convoy {

/// Reads records by number. Each call borrows a cursor with a read transaction
/// of its own; the transactions last as long as the pool, so what they return
/// does too.
class ReaderPool {
 public:
  struct Options {
    std::string path;  ///< absolute: the folder, or the single file
    bool is_folder = true;
    std::size_t map_bytes = 0;  ///< how much of the file is in use
  };

  /// `keys` outlives the pool. Throws BadData or MissingInput.
  ReaderPool(const Options& options, const KeyIndex& keys);

  /// Thread-safe. Throws BadData.
  Record read(std::size_t index);

 private:
  static constexpr std::size_t kNowhere = ~std::size_t{0};

  struct Reader {
    LmdbTransaction transaction;
    LmdbCursor cursor;  // after the transaction: it is closed first
    std::size_t at = kNowhere;
  };

  std::unique_ptr<Reader> begin();
  std::unique_ptr<Reader> borrow();
  void give_back(std::unique_ptr<Reader> reader);
  Record read(Reader& reader, std::size_t index);

  std::string path_;
  const KeyIndex& keys_;
  LmdbEnvironment environment_;
  MDB_dbi table_ = 0;
  std::mutex mutex_;  // over idle_, table_ and the begin of a transaction
  std::vector<std::unique_ptr<Reader>> idle_;
};

}  // namespace convoy
