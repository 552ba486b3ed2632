#pragma once
// Which LMDB reads and writes the databases.

#include <string>

namespace convoy {

/// Of the library that this process has loaded: "0.9.24".
std::string lmdb_version();

}  // namespace convoy
