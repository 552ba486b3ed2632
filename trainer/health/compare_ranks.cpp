#include "trainer/health/compare_ranks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "trainer/health/rank_facts.h"

namespace convoy {
namespace {

using Level = Finding::Level;

/// Value to the ranks that have it.
using Holders = std::map<std::string, std::vector<std::size_t>>;

struct Advice {
  Level level = Level::note;
  std::string remedy;
};

/// What it means that versions or the machine differ; what is not here is an
/// environment variable.
const std::map<std::string, Advice>& known_advice() {
  static const Advice build{
      Level::note, "another build: see build, or the libraries beside it"};
  static const Advice pace{
      Level::note, "every step takes as long as on the slowest rank"};
  static const std::map<std::string, Advice> known{
      {"build",
       {Level::problem,
        "ranks of different programs are refused: copy one build to every "
        "host, or start it from a disk that all share"}},
      {"convoy", build},
      {"libtorch", build},
      {"compiler", build},
      {"cuda_runtime", build},
      {"cudnn", build},
      {"nccl",
       {Level::problem,
        "NCCL connects ranks of one version only: install LibTorch's wheels "
        "alike, and look at LD_LIBRARY_PATH and LD_PRELOAD"}},
      {"mpi",
       {Level::note, "Open MPI wants one version: install the same packages"}},
      {"libjpeg_turbo",
       {Level::note,
        "pictures may be decoded differently: install the same packages"}},
      {"cuda_driver", {Level::note, "install the same NVIDIA driver"}},
      {"processor", pace},
      {"vector units", pace},
      {"CPUs", pace},
      {"memory",
       {Level::note, "the rank with the least decides which batch fits"}},
      {kSharedMemory,
       {Level::note,
        "Open MPI and NCCL exchange messages inside a host through it: give a "
        "container more with --shm-size=1g"}},
      {"memlock",
       {Level::note,
        "InfiniBand wants unlimited: memlock in /etc/security/limits.conf, or "
        "docker run --ulimit memlock=-1"}},
      {"open files", {Level::note, "ulimit -n 4096"}}};
  return known;
}

Advice advice_on_gpus(const Holders& holders) {
  if (holders.contains(kNoGpus)) {
    return {
        Level::problem,
        "all ranks compute on the same kind of device: leave out the hosts "
        "without, or use run.device=cpu"};
  }
  return {Level::note, "every step takes as long as on the slowest GPU"};
}

Advice advice_on(const std::string& name, const Holders& holders) {
  if (name == "GPUs") {
    return advice_on_gpus(holders);
  }
  if (name.starts_with(kDataFact)) {
    return {
        Level::problem,
        "every host reads the same database under the same path: copy it, or "
        "put it on a disk that all share"};
  }
  const auto known = known_advice().find(name);
  return known != known_advice().end()
             ? known->second
             : Advice{
                   Level::note,
                   fmt::format(
                       "set {} alike on every host, where it is not meant to "
                       "differ: mpirun -x {} hands on that of the first",
                       name,
                       name)};
}

/// "cvy1" for all ranks of a host, else "rank 2 of cvy1".
std::string name_holders(
    const std::vector<std::size_t>& holders,
    const std::vector<RankFacts>& ranks) {
  std::map<std::string, std::size_t> all;
  std::map<std::string, std::size_t> here;
  for (const RankFacts& rank : ranks) {
    ++all[rank.host];
  }
  for (std::size_t r : holders) {
    ++here[ranks[r].host];
  }
  std::vector<std::string> names;
  for (std::size_t r : holders) {
    const std::string& host = ranks[r].host;
    const std::string name =
        here[host] == all[host] ? host : fmt::format("rank {} of {}", r, host);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string value_of(const RankFacts& rank, const std::string& name) {
  const auto found = std::find_if(
      rank.facts.begin(), rank.facts.end(), [&](const RankFact& fact) {
        return fact.name == name;
      });
  return found == rank.facts.end() ? "not set" : found->value;
}

/// Names in the order in which they come first.
std::vector<std::string> names_of(const std::vector<RankFacts>& ranks) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const RankFacts& rank : ranks) {
    for (const RankFact& fact : rank.facts) {
      if (seen.insert(fact.name).second) {
        names.push_back(fact.name);
      }
    }
  }
  return names;
}

Finding tell_difference(
    const std::string& name,
    const Holders& holders,
    const std::vector<RankFacts>& ranks) {
  // As rank 0 has it first.
  std::vector<std::pair<std::size_t, std::string>> parts;
  for (const auto& [value, who] : holders) {
    parts.emplace_back(
        who.front(), fmt::format("{} on {}", value, name_holders(who, ranks)));
  }
  std::sort(parts.begin(), parts.end());
  std::string seen;
  for (const auto& [first, text] : parts) {
    seen += (seen.empty() ? "" : "; ") + text;
  }
  const Advice advice = advice_on(name, holders);
  return {advice.level, name, seen, advice.remedy};
}

}  // namespace

Comparison compare_ranks(const std::vector<RankFacts>& ranks) {
  Comparison result;
  for (const std::string& name : names_of(ranks)) {
    Holders holders;
    for (std::size_t r = 0; r < ranks.size(); ++r) {
      holders[value_of(ranks[r], name)].push_back(r);
    }
    if (holders.size() == 1) {
      result.shared.push_back({name, holders.begin()->first});
    } else {
      result.differences.push_back(tell_difference(name, holders, ranks));
    }
  }
  return result;
}

std::optional<Finding> compare_clocks(
    const std::vector<std::string>& hosts, const std::vector<double>& clocks) {
  const auto first = std::min_element(clocks.begin(), clocks.end());
  const auto last = std::max_element(clocks.begin(), clocks.end());
  if (*last - *first <= 2) {
    return std::nullopt;
  }
  return Finding{
      Level::note,
      "clock",
      fmt::format(
          "{} is {:.0f} s ahead of {}",
          hosts[static_cast<std::size_t>(last - clocks.begin())],
          *last - *first,
          hosts[static_cast<std::size_t>(first - clocks.begin())]),
      "times of files and logs do not fit together: run an NTP client such as "
      "systemd-timesyncd on every host"};
}

std::string count_by_host(const std::vector<std::string>& hosts) {
  std::vector<std::string> parts;
  std::set<std::string> seen;
  for (const std::string& host : hosts) {
    if (seen.insert(host).second) {
      parts.push_back(fmt::format(
          "{} on {}", std::count(hosts.begin(), hosts.end(), host), host));
    }
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace convoy
