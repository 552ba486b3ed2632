#include "trainer/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

#include "distributed/errors.h"
#include "distributed/mpi/session.h"
#include "trainer/commands/command.h"
#include "trainer/config/nearest.h"
#include "trainer/health/agree.h"
#include "trainer/health/signals.h"
#include "trainer/health/tensor_memory.h"
#include "trainer/report/version.h"

namespace convoy {
namespace {

/// What mpirun has told this process, before MPI is started; `otherwise`
/// without mpirun.
int told_by_launcher(
    std::initializer_list<const char*> variables, int otherwise) {
  for (const char* name : variables) {
    if (const char* number = std::getenv(name)) {
      return std::atoi(number);
    }
  }
  return otherwise;
}

int launched_rank() {
  return told_by_launcher({"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"}, 0);
}

bool uses_ranks(const Command& command) {
  return command.ranks == Ranks::all ||
         (command.ranks == Ranks::under_mpirun &&
          told_by_launcher({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}, 1) > 1);
}

std::string general_help() {
  std::string text =
      "Usage: convoy COMMAND ...\n\n"
      "Trains image classifiers data-parallel on CPUs and GPUs.\n\nCommands:\n";
  for (const Command& command : all_commands()) {
    text += fmt::format("  {:<10} {}\n", command.name, command.summary);
  }
  return text +
         "\n`convoy COMMAND --help` tells more of each. Several ranks: mpirun "
         "-np "
         "N convoy train CONFIG.\n";
}

const Command& find_command(const std::string& name) {
  std::vector<std::string> known;
  for (const Command& command : all_commands()) {
    if (name == command.name) {
      return command;
    }
    known.emplace_back(command.name);
  }
  const std::string near = nearest(name, known);
  throw UsageError(fmt::format(
      "unknown command \"{}\"{}; see convoy --help",
      name,
      near.empty() ? "" : "; did you mean " + near + "?"));
}

/// One sentence on stderr; several problems one a line.
void complain(const std::string& message) {
  std::fputs(("convoy: " + message + "\n").c_str(), stderr);
}

bool asks_for_help(const Invocation& invocation) {
  const auto& words = invocation.arguments;
  return std::count(words.begin(), words.end(), "--help") > 0 ||
         std::count(words.begin(), words.end(), "-h") > 0;
}

/// Runs a command on this process alone. Under mpirun one rank is enough.
int run_alone(const Command& command, Invocation& invocation) {
  if (launched_rank() != 0) {
    return 0;
  }
  try {
    return static_cast<int>(command.run(invocation));
  } catch (...) {
    const Failure failure = describe(std::current_exception());
    complain(failure.message);
    return static_cast<int>(failure.code);
  }
}

/// Says why and ends the job, whose other ranks may be waiting for this one. Of
/// several threads that come here the first speaks: the lock is never released.
[[noreturn]] void end_job(
    const MpiSession& session,
    const std::string& sentence,
    ExitCode code,
    const std::function<void()>& on_the_way) {
  static std::mutex once;
  once.lock();
  if (session.lower_rank_speaks()) {
    // Once is enough; mpirun ends this rank meanwhile.
    std::this_thread::sleep_for(std::chrono::seconds(5));
  }
  complain(sentence);
  on_the_way();
  MpiSession::fault_exit(static_cast<int>(code));
}

/// Runs a command on all ranks. A failure that all know of is printed once and
/// ends MPI cleanly; any other ends the job at once, since peers may be waiting
/// for this rank.
int run_on_ranks(const Command& command, Invocation& invocation) {
  MpiSession session(/*timeout_s=*/300);
  invocation.session = &session;
  const Control& control = session.control();
  const auto own_words = [&](const std::string& message) {
    return control.size() == 1
               ? message
               : fmt::format(
                     "rank {} on {}: {}", control.rank(), host_name(), message);
  };
  session.set_lost_handler([&](const std::string& sentence) {
    end_job(session, own_words(sentence), ExitCode::peer_lost, [&] {
      if (invocation.on_lost_peer) {
        invocation.on_lost_peer("convoy: " + own_words(sentence));
      }
    });
  });
  int code = 0;
  try {
    code = static_cast<int>(command.run(invocation));
  } catch (const AgreedFailure& e) {
    code = static_cast<int>(e.code);
    if (control.rank() == 0) {
      complain(e.what());
    }
  } catch (const Disagreement& e) {
    code = static_cast<int>(ExitCode::config);
    if (control.rank() == 0) {
      complain(e.what());
    }
  } catch (...) {
    const Failure failure = describe(std::current_exception());
    end_job(session, own_words(failure.message), failure.code, [] {});
  }
  session.finish();
  return code;
}

int run_words(
    const std::vector<std::string>& words, const Extensions& extensions) {
  try {
    if (words.size() < 2 || words[1] == "--help" || words[1] == "-h") {
      if (launched_rank() == 0) {
        std::fputs(general_help().c_str(), words.size() < 2 ? stderr : stdout);
      }
      return words.size() < 2 ? static_cast<int>(ExitCode::command_line) : 0;
    }
    if (words[1] == "--version") {
      fmt::print("{}\n", version_line());
      return 0;
    }
    const Command& command = find_command(words[1]);
    Invocation invocation{{words.begin() + 2, words.end()}, extensions};
    if (command.saves_on_signal) {
      // At once: a signal that comes while MPI starts is kept too.
      watch_signals();
    }
    return uses_ranks(command) && !asks_for_help(invocation)
               ? run_on_ranks(command, invocation)
               : run_alone(command, invocation);
  } catch (...) {
    const Failure failure = describe(std::current_exception());
    if (launched_rank() == 0) {
      complain(failure.message);
    }
    return static_cast<int>(failure.code);
  }
}

/// Says why when they can't be added.
bool add_extensions(const Extensions& extensions) {
  try {
    register_extensions(extensions);
    return true;
  } catch (const std::invalid_argument& e) {
    if (launched_rank() == 0) {
      complain(fmt::format("this program's extensions: {}", e.what()));
    }
    return false;
  }
}

}  // namespace

int run(int argc, char** argv, const Extensions& extensions) {
  // Beyond a limit on the size of files, writing then fails as on a full disk:
  // it is told, and the run goes on.
  std::signal(SIGXFSZ, SIG_IGN);
  if (!add_extensions(extensions)) {
    return static_cast<int>(ExitCode::internal);
  }
  keep_tensor_memory();
  const int code = run_words({argv, argv + argc}, extensions);
  // What a command printed is written only now: on a full disk perhaps not.
  const auto failure = printing_failure();
  if (!failure || code == static_cast<int>(failure->code)) {
    return code;
  }
  complain(failure->message);
  return static_cast<int>(failure->code);
}

}  // namespace convoy
