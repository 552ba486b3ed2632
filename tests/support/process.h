#pragma once
// Runs other programs from tests: Python oracles above all.

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace convoy::testing {

struct Ran {
  int status = 0;      ///< exit status, or 128 + the signal that ended it
  std::string output;  ///< stdout and stderr together
};

/// Runs `command` (a program with its arguments, no shell) to its end.
inline Ran run(const std::vector<std::string>& command) {
  int ends[2];
  if (pipe(ends) != 0) {
    throw std::runtime_error("pipe failed");
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addclose(&actions, ends[1]);
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int failed = posix_spawnp(
      &child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  Ran ran;
  char buffer[4096];
  for (ssize_t n; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    ran.output.append(buffer, static_cast<std::size_t>(n));
  }
  close(ends[0]);
  if (failed != 0) {
    throw std::runtime_error("can't start " + command[0]);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ran;
}

/// Runs a script below tests/ with the Python that the tests were built for.
/// Throws with its output when it fails.
inline std::string run_python(
    const std::string& script, std::vector<std::string> arguments) {
  arguments.insert(
      arguments.begin(), {CONVOY_PYTHON, CONVOY_SOURCE_DIR "/tests/" + script});
  const Ran ran = run(arguments);
  if (ran.status != 0) {
    throw std::runtime_error(script + " failed: " + ran.output);
  }
  return ran.output;
}

}  // namespace convoy::testing
