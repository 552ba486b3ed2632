#pragma once
// File permissions mean nothing to root, as which tests often run.

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace convoy::testing {

/// While it lives, the process reads and writes files as nobody.
class WithoutPrivileges {
 public:
  WithoutPrivileges() : before_(geteuid()) {
    if (before_ == 0 && seteuid(65534) != 0) {
      throw std::runtime_error("can't become nobody");
    }
  }
  ~WithoutPrivileges() {
    if (seteuid(before_) != 0) {
      std::abort();
    }
  }
  WithoutPrivileges(const WithoutPrivileges&) = delete;
  WithoutPrivileges& operator=(const WithoutPrivileges&) = delete;

 private:
  uid_t before_;
};

}  // namespace convoy::testing
