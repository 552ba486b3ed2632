#pragma once
// The program convoy, and any other that is convoy with extensions: from a
// command line to an exit code.

#include "trainer/extensions.h"

namespace convoy {

/// Runs the subcommand that argv names, as docs/running.md describes, and
/// returns its exit code: for main() to call once, and to return. It catches
/// every exception; what was printed has been written when it returns.
/// Extensions that can't be added are told on stderr (exit code 70).
int run(int argc, char** argv, const Extensions& extensions = {});

}  // namespace convoy
