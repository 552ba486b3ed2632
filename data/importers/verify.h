#pragma once
// Reads a whole database and says which records are bad.

#include <cstdint>
#include <string>
#include <vector>

#include "data/store/database.h"
#include "data/store/scan.h"

namespace convoy {

struct BadRecord {
  std::string key;  ///< printable
  std::string reason;
};

struct VerifyReport {
  std::uint64_t records = 0;
  std::uint64_t checksums = 0;      ///< records that carry one, all looked at
  std::vector<BadRecord> bad;       ///< can't be trained on
  std::vector<BadRecord> doubtful;  ///< decode, but with signs of damage
};

/// Parses every record, compares its checksum and decodes it, with `workers`
/// threads (0 = as many as this process may use). Lists are in key order.
/// Throws only for what is wrong with the database as a whole.
VerifyReport verify(
    const Database& database,
    int workers = 0,
    const ScanProgress& progress = {});

}  // namespace convoy
