#pragma once
// What `convoy doctor` looks at: facts of this machine, each with a remedy when
// it is not as it should be.

#include <string>
#include <vector>

namespace convoy {

struct Finding {
  enum class Level { good, note, problem };

  Level level = Level::good;
  std::string subject;
  std::string seen;
  std::string remedy;  ///< empty when all is well
};

/// All findings, in the order in which they are shown. `folder` is where a run
/// would write.
std::vector<Finding> examine_machine(const std::string& folder);

std::vector<Finding> examine_processor();
std::vector<Finding> examine_gpus();
std::vector<Finding> examine_ranks();
std::vector<Finding> examine_storage(const std::string& folder);

/// The parts that depend on nothing but what they are told.
struct VectorUnits {
  bool avx2 = false;
  bool avx512 = false;
};
Finding examine_vector_units(const VectorUnits& units);
Finding examine_bf16(bool native);
/// `version` as mpi_version() has it.
Finding examine_mpi(const std::string& version);

}  // namespace convoy
