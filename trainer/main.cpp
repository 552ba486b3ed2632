// The program convoy.

#include "trainer/program.h"

int main(int argc, char** argv) {
  return convoy::run_program({argv, argv + argc});
}
