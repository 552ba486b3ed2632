#include "data/store/lmdb/batch_writer.h"

#include <fmt/format.h>

#include "data/errors.h"
#include "data/store/durable.h"
#include "data/store/lmdb/pages.h"
#include "data/store/printable.h"

namespace convoy {
namespace {

void check(int code, const char* what, const std::string& folder) {
  if (code > 0) {  // errno's own
    throw_write_failure(code, what, folder + "/data.mdb");
  }
  if (code != MDB_SUCCESS) {
    throw WriteFailure(fmt::format(
        "{}: LMDB could not {}: {}", folder, what, mdb_strerror(code)));
  }
}

}  // namespace

BatchWriter::BatchWriter(const std::string& folder, const Options& options)
    : folder_(folder), options_(options) {
  MDB_env* environment = nullptr;
  check(mdb_env_create(&environment), "prepare an environment", folder_);
  environment_.reset(environment);
  check(
      mdb_env_set_mapsize(environment, options_.map_bytes),
      "set the size of the map",
      folder_);
  // No lock file: nobody else knows the folder. No sync until the end: before
  // it, the folder does not count.
  check(
      mdb_env_open(environment, folder_.c_str(), MDB_NOLOCK | MDB_NOSYNC, 0666),
      "create the database",
      folder_);
}

void BatchWriter::add(std::string_view key, std::string_view value) {
  if (key.empty() || key.size() > kLmdbMaxKey) {
    throw BadData(fmt::format(
        "the key '{}' has {} bytes; LMDB takes 1 to {}",
        printable(key),
        key.size(),
        kLmdbMaxKey));
  }
  const bool ascending = key > last_key_;
  if (ascending) {
    last_key_ = key;
  }
  pending_.push_back(
      {std::string(key), values_.size(), value.size(), ascending});
  values_.append(value);
  if (pending_.size() >= options_.batch_records ||
      values_.size() >= options_.batch_bytes) {
    flush();
  }
}

void BatchWriter::finish() {
  flush();
  check(mdb_env_sync(environment_.get(), 1), "write to the disk", folder_);
}

void BatchWriter::flush() {
  while (!try_flush()) {
    grow();
  }
  pending_.clear();
  values_.clear();
}

// False when the map is too small; then nothing of the batch was written.
bool BatchWriter::try_flush() {
  MDB_txn* raw = nullptr;
  check(mdb_txn_begin(environment_.get(), nullptr, 0, &raw), "begin", folder_);
  LmdbTransaction transaction(raw);
  MDB_dbi table = 0;
  check(mdb_dbi_open(raw, nullptr, 0, &table), "open its table", folder_);
  for (const Pending& record : pending_) {
    MDB_val key{record.key.size(), const_cast<char*>(record.key.data())};
    MDB_val value{record.size, values_.data() + record.start};
    const unsigned flags = record.ascending ? MDB_APPEND : MDB_NOOVERWRITE;
    const int code = mdb_put(raw, table, &key, &value, flags);
    if (code == MDB_MAP_FULL) {
      return false;
    }
    if (code == MDB_KEYEXIST) {
      throw BadData(
          fmt::format("the key '{}' comes twice", printable(record.key)));
    }
    check(code, "write a record", folder_);
  }
  const int code = mdb_txn_commit(transaction.release());
  if (code == MDB_MAP_FULL) {
    return false;
  }
  check(code, "write a batch of records", folder_);
  return true;
}

void BatchWriter::grow() {
  options_.map_bytes *= 2;
  check(
      mdb_env_set_mapsize(environment_.get(), options_.map_bytes),
      "grow the map",
      folder_);
}

}  // namespace convoy
