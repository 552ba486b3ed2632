#pragma once
// What `convoy doctor` says of ranks beside each other: what they have alike,
// and what differs between them.

#include <optional>
#include <string>
#include <vector>

#include "trainer/health/checks.h"

namespace convoy {

/// Something that ranks should have alike, in words: {"processor", "AMD ..."}.
struct RankFact {
  std::string name;
  std::string value;
};

struct RankFacts {
  std::string host;
  std::vector<RankFact> facts;  ///< names differ
};

struct Comparison {
  std::vector<RankFact> shared;
  /// One for each name, with each value and who has it, and what to do. What
  /// would stop a run is a problem, all else a note.
  std::vector<Finding> differences;
};

/// By rank. A name that a rank does not have counts as "not set" there.
Comparison compare_ranks(const std::vector<RankFacts>& ranks);

/// A finding when the clocks of two ranks, in seconds since the epoch, are
/// further apart than 2 s. Both vectors are by rank.
std::optional<Finding> compare_clocks(
    const std::vector<std::string>& hosts, const std::vector<double>& clocks);

/// "2 on cvy0, 2 on cvy1".
std::string count_by_host(const std::vector<std::string>& hosts);

}  // namespace convoy
