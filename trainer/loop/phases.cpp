#include "trainer/loop/phases.h"

#include <chrono>
#include <utility>

namespace convoy {
namespace {

class HostPhaseClock final : public PhaseClock {
 public:
  void begin(Phase phase) override {
    close();
    current_ = static_cast<int>(phase);
    since_ = Clock::now();
  }

  void end_step() override {
    close();
    current_ = -1;
    steps_.push_back(std::exchange(seconds_, {}));
  }

  std::vector<PhaseSeconds> take_steps() override {
    return std::exchange(steps_, {});
  }

 private:
  using Clock = std::chrono::steady_clock;

  void close() {
    if (current_ >= 0) {
      seconds_[static_cast<std::size_t>(current_)] +=
          std::chrono::duration<double>(Clock::now() - since_).count();
    }
  }

  std::vector<PhaseSeconds> steps_;
  PhaseSeconds seconds_{};  ///< of the step under way
  int current_ = -1;
  Clock::time_point since_;
};

}  // namespace

PhaseSeconds PhaseClock::take() {
  PhaseSeconds sums{};
  for (const PhaseSeconds& step : take_steps()) {
    for (std::size_t p = 0; p < sums.size(); ++p) {
      sums[p] += step[p];
    }
  }
  return sums;
}

std::unique_ptr<PhaseClock> make_phase_clock(c10::Device device) {
  if (device.is_cuda()) {
    return make_cuda_phase_clock();
  }
  return std::make_unique<HostPhaseClock>();
}

}  // namespace convoy
