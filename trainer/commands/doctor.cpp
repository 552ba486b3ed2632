// convoy doctor: what is there, and what is wrong with it; under mpirun, what
// differs between the ranks.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "distributed/mpi/session.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/health/agree.h"
#include "trainer/health/checks.h"
#include "trainer/health/compare_ranks.h"
#include "trainer/health/rank_facts.h"
#include "trainer/report/version.h"

namespace convoy {
namespace {

using Json = nlohmann::ordered_json;
using Level = Finding::Level;

struct DoctorArguments {
  std::string folder = ".";
  std::vector<std::string> data;
  bool json = false;
};

/// False when only help was asked for.
bool parse(const std::vector<std::string>& words, DoctorArguments& a) {
  CommandLine line(
      "doctor [options]",
      "Looks at this machine as a run would find it: versions, processor, "
      "GPUs, "
      "MPI, NCCL,\nmemory and disk. Every finding that is not as it should be "
      "comes with its remedy.\nUnder mpirun it also tells what differs between "
      "the ranks and their hosts.\nExit code 78 when something would stop a "
      "run.");
  line.value("folder", &a.folder, "where a run would write")
      .values(
          "data", &a.data, "a database that every host should have; repeatable")
      .flag("json", &a.json, "one JSON object");
  return line.parse(words);
}

std::vector<Finding> examine(const DoctorArguments& a) {
  auto findings = examine_machine(a.folder);
  for (const std::string& path : a.data) {
    findings.push_back(examine_data(path));
  }
  return findings;
}

/// What all ranks tell, on every rank.
struct AllRanks {
  std::vector<std::string> hosts;              ///< by rank
  std::vector<std::vector<Finding>> findings;  ///< by rank
  Comparison comparison;
};

std::string pack(const DoctorArguments& a, double clock) {
  Json json{{"clock", clock}, {"facts", Json::array()}};
  for (const auto& [name, version] : versions()) {
    json["facts"].push_back({name, version});
  }
  for (const RankFact& fact : machine_facts(a.data)) {
    json["facts"].push_back({fact.name, fact.value});
  }
  for (const Finding& f : examine(a)) {
    json["findings"].push_back(
        {static_cast<int>(f.level), f.subject, f.seen, f.remedy});
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

AllRanks exchange(const DoctorArguments& a, Control& control) {
  AllRanks all{control.all_gather(host_name()), {}, {}};
  control.barrier();
  const std::chrono::duration<double> clock =
      std::chrono::system_clock::now().time_since_epoch();
  std::vector<double> clocks;
  std::vector<RankFacts> facts;
  for (const std::string& text : control.all_gather(pack(a, clock.count()))) {
    const Json json = Json::parse(text);
    clocks.push_back(json["clock"]);
    facts.push_back({all.hosts[facts.size()], {}});
    for (const Json& fact : json["facts"]) {
      facts.back().facts.push_back({fact[0], fact[1]});
    }
    all.findings.emplace_back();
    for (const Json& f : json["findings"]) {
      all.findings.back().push_back(
          {static_cast<Level>(f[0].get<int>()), f[1], f[2], f[3]});
    }
  }
  all.comparison = compare_ranks(facts);
  if (const auto apart = compare_clocks(all.hosts, clocks)) {
    all.comparison.differences.push_back(*apart);
  }
  return all;
}

/// Whether rank 0's findings or a difference say it too.
bool is_told(const Finding& f, const AllRanks& all) {
  const auto& own = all.findings.front();
  const auto& apart = all.comparison.differences;
  return std::any_of(
             own.begin(),
             own.end(),
             [&](const Finding& other) {
               return other.subject == f.subject && other.seen == f.seen;
             }) ||
         std::any_of(apart.begin(), apart.end(), [&](const Finding& other) {
           return (other.subject + " ").starts_with(f.subject + " ");
         });
}

/// Rank 0's, and of each other host, by its first rank, what else is not as it
/// should be, with its name.
std::vector<Finding> findings_by_host(const AllRanks& all) {
  std::vector<Finding> result = all.findings.front();
  std::set<std::string> told{all.hosts.front()};
  for (std::size_t r = 1; r < all.hosts.size(); ++r) {
    if (!told.insert(all.hosts[r]).second) {
      continue;
    }
    for (Finding f : all.findings[r]) {
      if (f.level != Level::good && !is_told(f, all)) {
        f.seen = all.hosts[r] + ": " + f.seen;
        result.push_back(f);
      }
    }
  }
  return result;
}

const char* mark(Level level) {
  switch (level) {
    case Level::good:
      return "ok  ";
    case Level::note:
      return "note";
    case Level::problem:
      return "BAD ";
  }
  return "";
}

void print_findings(const std::vector<Finding>& findings) {
  for (const Finding& f : findings) {
    fmt::print("{}  {:<14} {}\n", mark(f.level), f.subject, f.seen);
    if (!f.remedy.empty()) {
      fmt::print("      {:<14} -> {}\n", "", f.remedy);
    }
  }
}

Json json_of(const std::vector<Finding>& findings) {
  Json json = Json::array();
  for (const Finding& f : findings) {
    json.push_back(
        {{"level",
          f.level == Level::good   ? "ok"
          : f.level == Level::note ? "note"
                                   : "problem"},
         {"subject", f.subject},
         {"seen", f.seen},
         {"remedy", f.remedy}});
  }
  return json;
}

Json json_of_versions() {
  Json json;
  for (const auto& [name, version] : versions()) {
    json[name] = version;
  }
  return json;
}

void print_all(const AllRanks& all) {
  fmt::print("{} ranks: {}\n", all.hosts.size(), count_by_host(all.hosts));
  for (const RankFact& fact : all.comparison.shared) {
    fmt::print("      {:<14} {}\n", fact.name, fact.value);
  }
  print_findings(
      all.comparison.differences.empty()
          ? std::vector<Finding>{{Level::good, "differences", "none", ""}}
          : all.comparison.differences);
  print_findings(findings_by_host(all));
}

void print_all_json(const AllRanks& all) {
  Json json{{"versions", json_of_versions()}};
  json["findings"] = json_of(findings_by_host(all));
  json["ranks"] = all.hosts;
  for (const RankFact& fact : all.comparison.shared) {
    json["shared"][fact.name] = fact.value;
  }
  json["differences"] = json_of(all.comparison.differences);
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

bool has_problem(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& f) {
    return f.level == Level::problem;
  });
}

ExitCode code_of(bool problem) {
  return problem ? ExitCode::config : ExitCode::done;
}

ExitCode examine_ranks_of(Control& control, const DoctorArguments& a) {
  const AllRanks all = exchange(a, control);
  if (control.rank() == 0) {
    a.json ? print_all_json(all) : print_all(all);
  }
  return code_of(
      has_problem(all.comparison.differences) ||
      std::any_of(all.findings.begin(), all.findings.end(), has_problem));
}

ExitCode examine_alone(const DoctorArguments& a) {
  const auto findings = examine(a);
  if (a.json) {
    const Json json{
        {"versions", json_of_versions()}, {"findings", json_of(findings)}};
    fmt::print("{}\n", json.dump(2));
  } else {
    for (const auto& [name, version] : versions()) {
      fmt::print("      {:<14} {}\n", name, version);
    }
    print_findings(findings);
  }
  return code_of(has_problem(findings));
}

}  // namespace

ExitCode run_doctor(Invocation& invocation) {
  DoctorArguments a;
  if (invocation.session == nullptr) {
    return parse(invocation.arguments, a) ? examine_alone(a) : ExitCode::done;
  }
  Control& control = invocation.session->control();
  agreed(control, host_name(), [&] { parse(invocation.arguments, a); });
  return examine_ranks_of(control, a);
}

}  // namespace convoy
