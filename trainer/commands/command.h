#pragma once
// The subcommands of the program, in one table.

#include <functional>
#include <string>
#include <vector>

#include "trainer/errors.h"

namespace convoy {

class MpiSession;
struct Extensions;

/// What a subcommand is given.
struct Invocation {
  std::vector<std::string> arguments;  ///< behind the subcommand's name
  const Extensions& extensions;        ///< of this program
  MpiSession* session = nullptr;       ///< for those that use ranks
  /// Told, before the process ends, that a peer was lost; set by the command.
  std::function<void(const std::string& sentence)> on_lost_peer{};
};

/// `under_mpirun`: all ranks where mpirun has started several; otherwise this
/// process alone, without MPI.
enum class Ranks { one, all, under_mpirun };

struct Command {
  const char* name;
  const char* summary;
  Ranks ranks;
  ExitCode (*run)(Invocation& invocation);
  bool saves_on_signal = false;  ///< USR1, TERM and INT are noted, not obeyed
};

const std::vector<Command>& all_commands();

ExitCode run_train(Invocation& invocation);
ExitCode run_evaluate(Invocation& invocation);
ExitCode run_predict(Invocation& invocation);
ExitCode run_import(Invocation& invocation);
ExitCode run_dataset(Invocation& invocation);
ExitCode run_nets(Invocation& invocation);
ExitCode run_weights(Invocation& invocation);
ExitCode run_preset(Invocation& invocation);
ExitCode run_scaling(Invocation& invocation);
ExitCode run_bench(Invocation& invocation);
/// Its verbs decode and loader, which take one process.
ExitCode run_data_bench(const std::vector<std::string>& words);
ExitCode run_doctor(Invocation& invocation);

}  // namespace convoy
