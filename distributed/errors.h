#pragma once
// What distributed/ throws. trainer/ maps the types to exit codes.

#include <stdexcept>

namespace convoy {

/// Another rank died, hangs or never arrived: a deadline passed or a library
/// reported a broken peer. The job can't go on.
class PeerLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Ranks were started with different configs, data or builds, or the machine
/// does not offer what was asked for. Known to every rank.
class Disagreement : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Replicas that must be bit-equal are not.
class Drift : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace convoy
