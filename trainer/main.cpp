// The program convoy.

#include <cstdlib>

#include "trainer/program.h"

int main(int argc, char** argv) {
  const int code = convoy::run(argc, argv);
  // Nothing of ours is left to end, and LibTorch needs a fifth of a second to
  // take down its tables of operators. Sanitizers look for leaks at the end.
  if constexpr (CONVOY_SANITIZED) {
    return code;
  }
  std::quick_exit(code);
}
