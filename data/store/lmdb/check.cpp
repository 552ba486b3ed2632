#include "data/store/lmdb/check.h"

#include <fmt/format.h>

#include <cerrno>

#include "data/errors.h"

namespace convoy {

void check_lmdb_read(int code, const char* what, const std::string& path) {
  if (code == MDB_SUCCESS) {
    return;
  }
  const std::string sentence =
      fmt::format("{}: LMDB could not {}: {}", path, what, mdb_strerror(code));
  switch (code) {
    case EACCES:
    case EPERM:
      throw MissingInput(sentence + "; ask for the right to read it");
    case ENOENT:
      throw MissingInput(sentence);
    case ENOMEM:
      throw MissingInput(
          sentence + "; `ulimit -v` may be smaller than the database");
    default:
      throw BadData(sentence);
  }
}

LmdbEnvironment make_lmdb_environment(const std::string& path) {
  MDB_env* environment = nullptr;
  check_lmdb_read(mdb_env_create(&environment), "prepare an environment", path);
  return LmdbEnvironment(environment);
}

}  // namespace convoy
