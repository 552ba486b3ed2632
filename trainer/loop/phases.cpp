#include "trainer/loop/phases.h"

#include <chrono>

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
  }

  PhaseSeconds take() override {
    const PhaseSeconds result = seconds_;
    seconds_ = {};
    return result;
  }

 private:
  using Clock = std::chrono::steady_clock;

  void close() {
    if (current_ >= 0) {
      seconds_[static_cast<std::size_t>(current_)] +=
          std::chrono::duration<double>(Clock::now() - since_).count();
    }
  }

  PhaseSeconds seconds_{};
  int current_ = -1;
  Clock::time_point since_;
};

}  // namespace

std::unique_ptr<PhaseClock> make_phase_clock(c10::Device device) {
  if (device.is_cuda()) {
    return make_cuda_phase_clock();
  }
  return std::make_unique<HostPhaseClock>();
}

}  // namespace convoy
