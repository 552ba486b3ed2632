#include "data/store/lmdb/reader_pool.h"

#include <unistd.h>

#include <utility>

namespace convoy {
namespace {

// A database that does not fit into half the memory is not read ahead: the
// kernel would throw out what is needed for what is not.
bool larger_than_half_memory(std::uint64_t bytes) {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page_bytes = sysconf(_SC_PAGESIZE);
  return pages > 0 &&
         bytes > static_cast<std::uint64_t>(pages) / 2 * page_bytes;
}

}  // namespace

ReaderPool::ReaderPool(const Options& options, const KeyIndex& keys)
    : path_(options.path),
      keys_(keys),
      environment_(make_lmdb_environment(options.path)) {
  // As much as is in use, whatever size the writer had mapped.
  check_lmdb_read(
      mdb_env_set_mapsize(environment_.get(), options.map_bytes),
      "set the size of the map",
      path_);
  unsigned flags = MDB_RDONLY | MDB_NOTLS | MDB_NOLOCK;
  flags |= options.is_folder ? 0 : MDB_NOSUBDIR;
  flags |= larger_than_half_memory(options.map_bytes) ? MDB_NORDAHEAD : 0;
  check_lmdb_read(
      mdb_env_open(environment_.get(), path_.c_str(), flags, 0),
      "open it",
      path_);
  give_back(begin());
}

std::unique_ptr<ReaderPool::Reader> ReaderPool::begin() {
  auto reader = std::make_unique<Reader>();
  MDB_txn* transaction = nullptr;
  check_lmdb_read(
      mdb_txn_begin(environment_.get(), nullptr, MDB_RDONLY, &transaction),
      "begin to read",
      path_);
  reader->transaction.reset(transaction);
  check_lmdb_read(
      mdb_dbi_open(transaction, nullptr, 0, &table_), "open its table", path_);
  MDB_cursor* cursor = nullptr;
  check_lmdb_read(
      mdb_cursor_open(transaction, table_, &cursor), "open a cursor", path_);
  reader->cursor.reset(cursor);
  return reader;
}

std::unique_ptr<ReaderPool::Reader> ReaderPool::borrow() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) {
    return begin();
  }
  auto reader = std::move(idle_.back());
  idle_.pop_back();
  return reader;
}

void ReaderPool::give_back(std::unique_ptr<Reader> reader) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(reader));
}

Record ReaderPool::read(std::size_t index) {
  auto reader = borrow();
  const Record record = read(*reader, index);
  give_back(std::move(reader));
  return record;
}

Record ReaderPool::read(Reader& reader, std::size_t index) {
  MDB_val key{};
  MDB_val value{};
  MDB_cursor* cursor = reader.cursor.get();
  std::size_t at = std::exchange(reader.at, kNowhere);
  // From where the cursor stands, if that is near and before; else from the
  // index.
  if (at == kNowhere || at > index || index - at > KeyIndex::kStride) {
    const std::string_view start = keys_.key_before(index);
    key = {start.size(), const_cast<char*>(start.data())};
    check_lmdb_read(
        mdb_cursor_get(cursor, &key, nullptr, MDB_SET),
        "find a key again that it held when it was opened",
        path_);
    at = index - index % KeyIndex::kStride;
  }
  for (; at < index; ++at) {
    check_lmdb_read(
        mdb_cursor_get(cursor, &key, nullptr, MDB_NEXT),
        "step to the next record",
        path_);
  }
  check_lmdb_read(
      mdb_cursor_get(cursor, &key, &value, MDB_GET_CURRENT),
      "read a record",
      path_);
  reader.at = index;
  return {
      {static_cast<const char*>(key.mv_data), key.mv_size},
      {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size}};
}

}  // namespace convoy
