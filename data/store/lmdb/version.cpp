#include "data/store/version.h"

#include <fmt/format.h>
#include <lmdb.h>

namespace convoy {

std::string lmdb_version() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  mdb_version(&major, &minor, &patch);
  return fmt::format("{}.{}.{}", major, minor, patch);
}

}  // namespace convoy
