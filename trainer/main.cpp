// The program convoy.

#include <csignal>
#include <cstdlib>

#include "trainer/program.h"

int main(int argc, char** argv) {
  // Beyond a limit on the size of files, writing then fails as on a full disk:
  // it is told, and the run goes on.
  std::signal(SIGXFSZ, SIG_IGN);
  const int code = convoy::run_program({argv, argv + argc});
  // Nothing of ours is left to end, and LibTorch needs a fifth of a second to
  // take down its tables of operators. Sanitizers look for leaks at the end.
  if constexpr (CONVOY_SANITIZED) {
    return code;
  }
  std::quick_exit(code);
}
