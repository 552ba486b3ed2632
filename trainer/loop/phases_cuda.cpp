// Phases timed by CUDA events.

#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>

#include <deque>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "trainer/loop/phases.h"

namespace convoy {
namespace {

struct DestroyEvent {
  void operator()(cudaEvent_t event) const { cudaEventDestroy(event); }
};
using Event = std::unique_ptr<std::remove_pointer_t<cudaEvent_t>, DestroyEvent>;

/// One boundary between phases: the event there, and the phase that begins (-1:
/// none).
struct Mark {
  Event event;
  int phase;
};

bool has_happened(const Event& event) {
  const cudaError_t answer = cudaEventQuery(event.get());
  if (answer == cudaErrorNotReady) {
    cudaGetLastError();  // it is remembered, and no error
    return false;
  }
  C10_CUDA_CHECK(answer);
  return true;
}

class CudaPhaseClock final : public PhaseClock {
 public:
  void begin(Phase phase) override {
    // Waiting for data counts as far as the GPU waits too: an event on an idle
    // stream happens when it is recorded, one on a busy stream when the work
    // before it is done.
    mark(static_cast<int>(phase));
  }

  void end_step() override {
    mark(-1);
    collect();
  }

  std::vector<PhaseSeconds> take_steps() override {
    collect();
    return std::exchange(steps_, {});
  }

 private:
  void mark(int phase) {
    if (spare_.empty()) {
      cudaEvent_t event = nullptr;
      C10_CUDA_CHECK(cudaEventCreate(&event));
      spare_.emplace_back(event);
    }
    Event event = std::move(spare_.back());
    spare_.pop_back();
    C10_CUDA_CHECK(cudaEventRecord(
        event.get(), c10::cuda::getCurrentCUDAStream().stream()));
    marks_.push_back({std::move(event), phase});
  }

  /// Adds up phases whose end has been reached; never waits.
  void collect() {
    while (marks_.size() > 1 && has_happened(marks_[1].event)) {
      const int phase = marks_[0].phase;
      float milliseconds = 0;
      if (phase >= 0) {
        C10_CUDA_CHECK(cudaEventElapsedTime(
            &milliseconds, marks_[0].event.get(), marks_[1].event.get()));
        seconds_[static_cast<std::size_t>(phase)] += milliseconds / 1000.0;
      }
      if (marks_[1].phase < 0) {
        steps_.push_back(std::exchange(seconds_, {}));
      }
      spare_.push_back(std::move(marks_.front().event));
      marks_.pop_front();
    }
  }

  std::vector<PhaseSeconds> steps_;
  PhaseSeconds seconds_{};  ///< of the step whose figures arrive
  std::deque<Mark> marks_;
  std::vector<Event> spare_;
};

}  // namespace

std::unique_ptr<PhaseClock> make_cuda_phase_clock() {
  return std::make_unique<CudaPhaseClock>();
}

}  // namespace convoy
