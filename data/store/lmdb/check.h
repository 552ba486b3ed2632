#pragma once
// LMDB's handles with owners, and the one place where its return codes are
// looked at.

#include <lmdb.h>

#include <memory>
#include <string>

namespace convoy {

struct CloseEnvironment {
  void operator()(MDB_env* environment) const { mdb_env_close(environment); }
};
struct AbortTransaction {
  void operator()(MDB_txn* transaction) const { mdb_txn_abort(transaction); }
};
struct CloseCursor {
  void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
};
using LmdbEnvironment = std::unique_ptr<MDB_env, CloseEnvironment>;
using LmdbTransaction = std::unique_ptr<MDB_txn, AbortTransaction>;
using LmdbCursor = std::unique_ptr<MDB_cursor, CloseCursor>;

/// Reading: throws BadData, or MissingInput where the system says that a file
/// may not be read, unless `code` is MDB_SUCCESS. `what` is what was tried,
/// `path` where.
void check_lmdb_read(int code, const char* what, const std::string& path);

/// Throws what check_lmdb_read throws if there is no environment to be had.
LmdbEnvironment make_lmdb_environment(const std::string& path);

}  // namespace convoy
