#pragma once
// The program convoy: from words on a command line to an exit code.

#include <string>
#include <vector>

namespace convoy {

/// Finds the subcommand and runs it; the only place that catches every
/// exception. The first word is the program's name. What was printed has been
/// written when it returns.
int run_program(const std::vector<std::string>& words);

}  // namespace convoy
