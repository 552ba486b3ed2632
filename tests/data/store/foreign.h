#pragma once
// The databases of make_foreign_lmdb.py, made once for the tests that read
// them.

#include <filesystem>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace convoy::testing {

inline const std::filesystem::path& foreign_folder() {
  static const TempDir dir;
  static const std::string said =
      run_python("data/store/make_foreign_lmdb.py", {dir.path().string()});
  return dir.path();
}

inline std::string foreign(const std::string& name) {
  return (foreign_folder() / name).string();
}

}  // namespace convoy::testing
