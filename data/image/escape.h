#pragma once
// A landing place for C libraries that report errors by longjmp, turned into
// BadData.

#include <array>
#include <csetjmp>
#include <cstdio>

#include "data/errors.h"

namespace convoy {

struct Escape {
  std::jmp_buf place;
  std::array<char, 400> why{};

  /// Leaves the library. Only inside a body of `guarded`.
  [[noreturn]] void leave() { std::longjmp(place, 1); }

  void say(const char* reason) {
    std::snprintf(why.data(), why.size(), "%s", reason);
  }
};

/// Runs `body`; an Escape::leave() inside it becomes BadData. The jump skips
/// destructors, so a body (and what it calls) may own nothing: memory is
/// allocated before, and C++ exceptions may leave a body but must not cross the
/// C library.
template <typename Body>
void guarded(Escape& escape, Body&& body) {
  if (setjmp(escape.place) != 0) {
    throw BadData(escape.why.data());
  }
  body();
}

}  // namespace convoy
