// convoy bench: a part of the program beside its contenders.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <sstream>

#include "distributed/mpi/plain_calls.h"
#include "distributed/mpi/session.h"
#include "distributed/replicate.h"
#include "distributed/world.h"
#include "trainer/bench/all_reduce.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/health/agree.h"
#include "trainer/report/bench_report.h"
#include "trainer/report/log.h"
#include "trainer/report/progress.h"
#include "trainer/report/terminal.h"

namespace convoy {
namespace {

struct BenchArguments {
  std::string verb;
  std::string from = "1K";
  std::string to = "256M";
  std::string backends;
  bool json = false;
  AllReduceBenchOptions options;
};

/// "64K" as bytes.
std::int64_t parse_bytes(const char* option, const std::string& text) {
  std::int64_t bytes = 0;
  std::size_t at = 0;
  while (at < text.size() && at < 10 && text[at] >= '0' && text[at] <= '9') {
    bytes = 10 * bytes + (text[at++] - '0');
  }
  const std::string unit = text.substr(at);
  const int shift = unit == "K" ? 10 : unit == "M" ? 20 : unit == "G" ? 30 : 0;
  bytes <<= shift;
  constexpr std::int64_t kMost = std::int64_t{4} << 30;
  if (at == 0 || (shift == 0 && !unit.empty()) || bytes < 4 || bytes > kMost) {
    throw UsageError(fmt::format(
        "--{} {}: want bytes from 4 to 4G, such as 64K or 16M", option, text));
  }
  return bytes / 4 * 4;
}

bool parse(const std::vector<std::string>& words, BenchArguments& a) {
  CommandLine line(
      "bench allreduce [options] | decode DB [options] | loader DB [options]",
      "For decode and loader see convoy bench decode --help. allreduce "
      "measures all-reduces of fp32 numbers by every way there is, each size "
      "and repeat one way\nafter the other: ours (shm: sums are written once, "
      "where all ranks see them, as in training;\nshm-in-place: to each rank's "
      "numbers; shm-copied: those in any memory, in pieces; mpi; on "
      "GPUs\nnccl) "
      "and MPI's own calls (MPI_Allreduce, -1MB in pieces, MPI_Iallreduce). "
      "Prints nccl-tests'\ncolumns; #wrong counts elements that are not the "
      "sum. mpirun -np N convoy bench allreduce.\nExit code 70 when a sum is "
      "wrong. tests/peers/allreduce.py adds Gloo and MPI with other settings.");
  line.positional("allreduce", &a.verb, true)
      .value("from", &a.from, "smallest size, such as 1K (the default)")
      .value("to", &a.to, "largest size, by factors of 4; else 256M")
      .value("backends", &a.backends, "such as shm,mpi; else all")
      .value(
          "repeats",
          &a.options.repeats,
          "interleaved repeats; medians are shown",
          at_least(1))
      .flag("json", &a.json, "one JSON object a row on stdout");
  if (!line.parse(words)) {
    return false;
  }
  if (a.verb != "allreduce") {
    throw UsageError(fmt::format(
        "bench {}: want bench allreduce, decode or loader", a.verb));
  }
  const std::int64_t most = parse_bytes("to", a.to);
  for (std::int64_t bytes = parse_bytes("from", a.from); bytes <= most;
       bytes *= 4) {
    a.options.bytes.push_back(bytes);
  }
  if (a.options.bytes.empty()) {
    throw UsageError(
        fmt::format("--from {} is more than --to {}", a.from, a.to));
  }
  return true;
}

/// Worlds and communicators under the ways that are measured.
class Ways {
 public:
  Ways(MpiSession& session, World& world) : session_(session), world_(world) {}

  std::vector<AllReduceWay> chosen(const std::string& names) {
    std::vector<AllReduceWay> all = world_.device().is_cuda() ? gpu() : cpu();
    if (names.empty()) {
      return all;
    }
    std::vector<AllReduceWay> some;
    std::istringstream words(names);
    std::string word;
    while (std::getline(words, word, ',')) {
      const auto found =
          std::find_if(all.begin(), all.end(), [&](const AllReduceWay& way) {
            return way.name == word;
          });
      if (found == all.end()) {
        throw UsageError(unknown(word, all));
      }
      some.push_back(*found);
    }
    return some;
  }

 private:
  static std::string unknown(
      const std::string& word, const std::vector<AllReduceWay>& all) {
    std::vector<std::string> names;
    for (const AllReduceWay& way : all) {
      names.push_back(way.name);
    }
    return fmt::format(
        "--backends: no \"{}\" here; want some of {}",
        word,
        fmt::join(names, ","));
  }

  std::vector<AllReduceWay> cpu() {
    std::vector<AllReduceWay> ways;
    if (world_.backend_name() == "shm") {
      Communicator& ranks = world_.gradients();
      ways.push_back({"shm", ranks, AllReduceMemory::joined});
      ways.push_back({"shm-in-place", ranks, AllReduceMemory::own});
      ways.push_back({"shm-copied", ranks, AllReduceMemory::any});
    }
    ways.push_back({"mpi", own(session_.host_communicator(world_.control()))});
    for (const PlainCall call :
         {PlainCall::whole, PlainCall::pieces, PlainCall::non_blocking}) {
      ways.push_back(
          {std::string(names(call)[static_cast<std::size_t>(call)]),
           own(make_plain_communicator(world_.control(), call))});
    }
    return ways;
  }

  std::vector<AllReduceWay> gpu() {
    return {{std::string(world_.backend_name()), world_.gradients()}};
  }

  Communicator& own(std::unique_ptr<Communicator> one) {
    own_.push_back(std::move(one));
    return *own_.back();
  }

  MpiSession& session_;
  World& world_;
  std::vector<std::unique_ptr<Communicator>> own_;
};

std::string options_text(const BenchArguments& a) {
  return fmt::format(
      "--from {} --to {} --repeats {} --backends {}",
      a.from,
      a.to,
      a.options.repeats,
      a.backends);
}

}  // namespace

ExitCode run_bench(Invocation& invocation) {
  BenchArguments a;
  const auto& words = invocation.arguments;
  if (!words.empty() && (words[0] == "decode" || words[0] == "loader")) {
    return run_data_bench(words);
  }
  if (invocation.session == nullptr) {
    parse(invocation.arguments, a);  // --help
    return ExitCode::done;
  }
  MpiSession& session = *invocation.session;
  Control& control = session.control();
  agreed(control, host_name(), [&] {
    parse(invocation.arguments, a);
    if (control.size() == 1) {
      throw UsageError(
          "one rank has nothing to exchange: mpirun -np 2 convoy bench "
          "allreduce");
    }
  });
  require_agreement(
      {{"what is measured",
        options_text(a),
        "Give every rank the same options."}},
      control,
      control.all_gather(host_name()));
  Log log(control.rank() == 0, terminal_columns());
  World world(session, {.warn = [&](const std::string& s) { log.warn(s); }});
  Ways ways(session, world);
  std::vector<AllReduceWay> chosen;
  agreed(control, host_name(), [&] { chosen = ways.chosen(a.backends); });
  Progress progress(
      log, "measuring", static_cast<std::int64_t>(a.options.bytes.size()));
  const auto rows = bench_all_reduce(
      chosen, world.device(), control, a.options, [&](int done) {
        progress.update(done);
      });
  if (control.rank() == 0) {
    fmt::print("{}", a.json ? all_reduce_json(rows) : all_reduce_table(rows));
  }
  const bool wrong = std::any_of(
      rows.begin(), rows.end(), [](const auto& row) { return row.wrong > 0; });
  return wrong ? ExitCode::internal : ExitCode::done;
}

}  // namespace convoy
