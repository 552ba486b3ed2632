#pragma once
// What data/ throws when the world, not the code, is at fault. Each message
// carries the value seen, the value wanted, where (path, key), and what to do.
// trainer/ maps the types to exit codes.

#include <stdexcept>

namespace convoy {

/// What is there can't be used: a damaged record, a file that is no picture, a
/// label out of range.
class BadData : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Something that the user named is not there, or may not be read.
class MissingInput : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Writing failed: disk full, read-only folder, quota.
class WriteFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace convoy
