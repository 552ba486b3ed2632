// The program convoy.

#include <csignal>

#include "trainer/program.h"

int main(int argc, char** argv) {
  // Beyond a limit on the size of files, writing then fails as on a full disk:
  // it is told, and the run goes on.
  std::signal(SIGXFSZ, SIG_IGN);
  return convoy::run_program({argv, argv + argc});
}
