#include "distributed/probe.h"

#include <c10/core/impl/VirtualGuardImpl.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace convoy {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kLeastBytes = 8 << 10;
constexpr std::int64_t kMostBytes = 8 << 20;
constexpr std::int64_t kFactor = 4;
constexpr double kEnoughSeconds = 0.25;
/// Each in memory of its own, as gradients are: not in the caches any more.
constexpr int kRepeats = 5;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double time_one(Communicator& communicator, const at::Tensor& tensor) {
  const c10::impl::VirtualGuardImpl device(tensor.device().type());
  const auto start = Clock::now();
  communicator.all_reduce(tensor)->wait();
  device.synchronizeStream(device.getStream(tensor.device()));
  return seconds_since(start);
}

/// The median over parts of `tensor`, once each was there before: the first
/// touch of memory is no part of a training step.
double time_some(
    Communicator& communicator, const at::Tensor& tensor, std::int64_t bytes) {
  std::array<double, kRepeats> seconds{};
  for (int i = 0; i < 2 * kRepeats; ++i) {
    const std::int64_t begin = tensor.numel() / kRepeats * (i % kRepeats);
    seconds[static_cast<std::size_t>(i % kRepeats)] = time_one(
        communicator, tensor.narrow(0, begin, bytes / tensor.element_size()));
  }
  std::nth_element(
      seconds.begin(), seconds.begin() + kRepeats / 2, seconds.end());
  return seconds[kRepeats / 2];
}

}  // namespace

AllReduceCost measure_all_reduce(
    Communicator& communicator, Control& control, c10::Device device) {
  if (communicator.size() == 1) {
    return {};
  }
  const at::Tensor tensor = communicator.allocate(
      kRepeats * kMostBytes / 4,
      at::TensorOptions().dtype(at::kFloat).device(device));
  std::vector<Timing> timings;
  const auto start = Clock::now();
  for (std::int64_t bytes = kLeastBytes; bytes <= kMostBytes;
       bytes *= kFactor) {
    // The slowest rank's; so all ranks stop at the same size.
    std::array<double, 2> slowest{
        time_some(communicator, tensor, bytes), seconds_since(start)};
    control.all_reduce(std::span<double>(slowest), ReduceOp::max);
    timings.push_back({bytes, slowest[0]});
    const double next = 2 * kRepeats * slowest[0] * kFactor;
    if (slowest[1] + next > kEnoughSeconds && timings.size() > 1) {
      break;
    }
  }
  return fit_cost(timings);
}

}  // namespace convoy
