#pragma once
// What trainer/ throws, and the exit codes of the program (docs/running.md
// lists them).

#include <exception>
#include <optional>
#include <stdexcept>
#include <string>

namespace convoy {

/// The program's exit codes, after sysexits.h where it has one. mpirun passes
/// them on; 1, 110, 205 and 128 and above are mpirun's own and never used.
enum class ExitCode : int {
  done = 0,
  command_line = 64,
  bad_data = 65,
  missing_input = 66,
  internal = 70,
  peer_lost = 71,
  run_dir_busy = 73,
  write_failed = 74,
  saved_to_requeue = 75,
  diverged = 76,
  config = 78,
};

/// A command line that can't be understood.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One or more problems in a config, one a line.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Another job writes into the run folder.
class RunDirBusy : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Training went to infinity or NaN too often.
class Diverged : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A step needs more memory than there is.
class OutOfMemory : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An error as the user sees it.
struct Failure {
  ExitCode code = ExitCode::internal;
  std::string message;
};

/// Exit code and sentence of any exception.
Failure describe(std::exception_ptr error);

/// Writes what was printed so far; says so when stdout could not take it.
std::optional<Failure> printing_failure();

}  // namespace convoy
