#pragma once
// Where the time of a step goes: data wait, compute, exposed communication,
// optimizer.

#include <c10/core/Device.h>

#include <array>
#include <memory>
#include <string_view>
#include <vector>

namespace convoy {

enum class Phase { data, compute, communication, optimizer };
constexpr std::array<std::string_view, 4> kPhaseNames{
    "data", "compute", "comm", "optimizer"};

/// As the log calls it.
constexpr std::string_view name_of(Phase phase) {
  return kPhaseNames[static_cast<std::size_t>(phase)];
}

using PhaseSeconds = std::array<double, 4>;

inline double seconds_of(const PhaseSeconds& phases, Phase phase) {
  return phases[static_cast<std::size_t>(phase)];
}

/// Data and compute are a rank's own; a fast rank waits in communication for a
/// slow one.
inline double own_seconds(const PhaseSeconds& phases) {
  return seconds_of(phases, Phase::data) + seconds_of(phases, Phase::compute);
}

/// Times phases as they follow each other. On the CPU by the host's clock. On
/// CUDA by events on the current stream (the host runs ahead of it, so its
/// clock would lie); a step's figures arrive some steps later.
class PhaseClock {
 public:
  virtual ~PhaseClock() = default;

  /// `phase` begins now, the one before it ends.
  virtual void begin(Phase phase) = 0;
  /// The last phase of a step ends now.
  virtual void end_step() = 0;
  /// Seconds by phase of each step whose figures have arrived since the last
  /// call, in the order of the steps.
  virtual std::vector<PhaseSeconds> take_steps() = 0;
  /// Their sums.
  PhaseSeconds take();
};

std::unique_ptr<PhaseClock> make_phase_clock(c10::Device device);
std::unique_ptr<PhaseClock> make_cuda_phase_clock();

}  // namespace convoy
