#include "trainer/loop/threads.h"

#include <algorithm>
#include <cstdlib>

namespace convoy {
namespace {

/// Of OMP_NUM_THREADS; 0 without a sensible one.
int wanted_threads() {
  const char* wanted = std::getenv("OMP_NUM_THREADS");
  return wanted == nullptr ? 0 : std::max(0, std::atoi(wanted));
}

}  // namespace

int compute_threads(const World& world) {
  const auto cpus = static_cast<int>(world.cpus().size());
  const int wanted = wanted_threads();
  if (wanted > 0 && wanted <= cpus) {
    return wanted;
  }
  return world.local_size() > cpus ? 1 : std::max(1, cpus);
}

int training_threads(const Config& config, const World& world) {
  return config.distributed.virtual_ranks > 0 ? std::max(1, wanted_threads())
                                              : compute_threads(world);
}

}  // namespace convoy
