#include "data/store/database.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "data/errors.h"
#include "data/store/hash.h"
#include "data/store/lmdb/key_index.h"
#include "data/store/lmdb/mapped_file.h"
#include "data/store/lmdb/pages.h"
#include "data/store/lmdb/reader_pool.h"
#include "data/store/printable.h"

namespace convoy {
namespace {

namespace fs = std::filesystem;

struct Location {
  fs::path given;  // absolute: the folder or the single file
  fs::path file;   // what LMDB maps
  bool is_folder = false;
};

Location locate(const std::string& path) {
  Location where;
  where.given = fs::absolute(path).lexically_normal();
  std::error_code error;
  const auto status = fs::status(where.given, error);
  if (!fs::exists(status)) {
    throw MissingInput(fmt::format(
        "there is no database at {}: {}",
        where.given.string(),
        std::strerror(error ? error.value() : ENOENT)));
  }
  where.is_folder = fs::is_directory(status);
  where.file = where.is_folder ? where.given / "data.mdb" : where.given;
  if (!fs::exists(where.file, error)) {
    throw MissingInput(fmt::format(
        "{} is no database: {}; name the folder that holds data.mdb, or make "
        "one with `convoy import`",
        where.given.string(),
        error ? error.message() : "it holds no data.mdb"));
  }
  return where;
}

// What is known of a file before LMDB opens it.
struct Contents {
  LmdbMeta meta;
  KeyIndex keys;
  std::string identity;
};

Contents check_file(const std::string& path) {
  const MappedFile file(path);
  Contents contents;
  std::uint64_t hash = 0;
  try {
    contents.meta = read_lmdb_meta(file.bytes());
    walk_lmdb_records(
        file.bytes(),
        contents.meta,
        [&](std::string_view key, std::uint64_t value_bytes) {
          contents.keys.add(key);
          hash = hash64(key, hash + value_bytes);
        });
  } catch (const BadData& error) {
    throw BadData(
        fmt::format("{} can't be used as a database: {}", path, error.what()));
  }
  contents.identity =
      hex64(hash64(std::to_string(contents.meta.records), hash));
  return contents;
}

}  // namespace

struct Database::State {
  Location where;
  std::string path;
  Contents contents;
  ReaderPool readers;

  explicit State(const std::string& given)
      : where(locate(given)),
        path(where.given.string()),
        contents(check_file(where.file.string())),
        readers(
            {.path = path,
             .is_folder = where.is_folder,
             .map_bytes = contents.meta.needed_bytes()},
            contents.keys) {}
};

Database::Database(const std::string& path)
    : state_(std::make_unique<State>(path)) {}

Database::~Database() = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;

const std::string& Database::path() const {
  return state_->path;
}

std::size_t Database::size() const {
  return state_->contents.keys.size();
}

std::uint64_t Database::bytes() const {
  return state_->contents.meta.needed_bytes();
}

const std::string& Database::identity() const {
  return state_->contents.identity;
}

Record Database::read(std::size_t index) const {
  if (index >= size()) {
    throw std::out_of_range(
        fmt::format("record {} of {} in {}", index, size(), path()));
  }
  return state_->readers.read(index);
}

std::string_view Database::read_datum(
    std::size_t index, bool verify_checksum, Datum& out) const {
  const Record record = read(index);
  try {
    parse_datum(record.value, out);
    check_payload(out);
    if (verify_checksum) {
      check_checksum(out);
    }
  } catch (const BadData& error) {
    throw BadData(fmt::format(
        "{} can't be used: {}",
        name_of_record(*this, record.key),
        error.what()));
  }
  return record.key;
}

std::string name_of_record(const Database& database, std::string_view key) {
  return fmt::format("record '{}' of {}", printable(key), database.path());
}

}  // namespace convoy
