// convoy doctor: what is there, and what is wrong with it.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/health/checks.h"
#include "trainer/report/version.h"

namespace convoy {
namespace {

const char* mark(Finding::Level level) {
  switch (level) {
    case Finding::Level::good:
      return "ok  ";
    case Finding::Level::note:
      return "note";
    case Finding::Level::problem:
      return "BAD ";
  }
  return "";
}

void print_text(const std::vector<Finding>& findings) {
  for (const auto& [name, version] : versions()) {
    fmt::print("      {:<14} {}\n", name, version);
  }
  for (const Finding& f : findings) {
    fmt::print("{}  {:<14} {}\n", mark(f.level), f.subject, f.seen);
    if (!f.remedy.empty()) {
      fmt::print("      {:<14} -> {}\n", "", f.remedy);
    }
  }
}

void print_json(const std::vector<Finding>& findings) {
  nlohmann::ordered_json json;
  for (const auto& [name, version] : versions()) {
    json["versions"][name] = version;
  }
  for (const Finding& f : findings) {
    json["findings"].push_back(
        {{"level",
          f.level == Finding::Level::good   ? "ok"
          : f.level == Finding::Level::note ? "note"
                                            : "problem"},
         {"subject", f.subject},
         {"seen", f.seen},
         {"remedy", f.remedy}});
  }
  fmt::print("{}\n", json.dump(2));
}

}  // namespace

ExitCode run_doctor(Invocation& invocation) {
  std::string folder = ".";
  bool json = false;
  CommandLine line(
      "doctor [options]",
      "Looks at this machine as a run would find it: versions, processor, "
      "GPUs, "
      "MPI, NCCL,\nmemory and disk. Every finding that is not as it should be "
      "comes with its remedy.\nExit code 78 when something would stop a run.");
  line.value("folder", &folder, "where a run would write")
      .flag("json", &json, "one JSON object");
  if (!line.parse(invocation.arguments)) {
    return ExitCode::done;
  }
  const auto findings = examine_machine(folder);
  json ? print_json(findings) : print_text(findings);
  for (const Finding& f : findings) {
    if (f.level == Finding::Level::problem) {
      return ExitCode::config;
    }
  }
  return ExitCode::done;
}

}  // namespace convoy
