#include "trainer/bench/all_reduce.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace convoy {
namespace {

using Clock = std::chrono::steady_clock;

/// One way with a tensor of one size.
class Candidate {
 public:
  Candidate(const AllReduceWay& way, c10::Device device, std::int64_t bytes)
      : ranks_(way.ranks) {
    const auto options = at::TensorOptions(at::kFloat).device(device);
    const std::int64_t count = bytes / 4;
    tensor_ = way.memory == AllReduceMemory::any
                  ? at::zeros({count}, options)
                  : ranks_.allocate(count, options);
    if (way.memory == AllReduceMemory::joined) {
      joined_ = ranks_.join(tensor_, std::span(&count, 1));
    }
  }

  /// Seconds of `calls` calls, as this rank sees them. Zeros are summed.
  double time(int calls, Control& control) {
    control.barrier();
    const auto start = Clock::now();
    for (int i = 0; i < calls; ++i) {
      reduce();
    }
    read_one();
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

  /// Elements that are not what they ought to be, here; zero again behind.
  std::int64_t count_wrong() {
    const at::Tensor pattern =
        at::arange(tensor_.numel(), tensor_.options()).remainder(1009);
    tensor_.copy_(pattern.mul(ranks_.rank() + 1));
    const at::Tensor& sums = reduce();
    const int n = ranks_.size();
    const auto wrong = sums.ne(pattern.mul(n * (n + 1) / 2)).sum();
    ranks_.barrier();  // sums are other ranks' memory, too
    tensor_.zero_();
    return wrong.item<std::int64_t>();
  }

 private:
  /// Returns where the sums are.
  const at::Tensor& reduce() {
    if (joined_.defined()) {
      ranks_.reduce_scatter(tensor_)->wait();
      return joined_;
    }
    ranks_.all_reduce(tensor_)->wait();
    return tensor_;
  }

  /// On a GPU wait() only orders streams: reading waits for what was asked.
  void read_one() const {
    if (tensor_.is_cuda()) {
      static_cast<void>(tensor_[0].item<float>());
    }
  }

  Communicator& ranks_;
  at::Tensor tensor_;
  at::Tensor joined_;  ///< undefined: sums are in place
};

double slowest(double seconds, Control& control) {
  control.all_reduce(std::span(&seconds, 1), ReduceOp::max);
  return seconds;
}

/// As many calls as fit, by a first look; the same on every rank.
int calls_within(double seconds, Candidate& candidate, Control& control) {
  candidate.time(1, control);
  const double one = slowest(candidate.time(2, control), control) / 2;
  return std::clamp(static_cast<int>(seconds / one), 1, 20000);
}

std::vector<AllReduceRow> bench_size(
    const std::vector<AllReduceWay>& ways,
    c10::Device device,
    Control& control,
    const AllReduceBenchOptions& options,
    std::int64_t bytes) {
  std::vector<Candidate> candidates;
  std::vector<int> calls;
  std::vector<std::vector<double>> times(ways.size());
  for (const AllReduceWay& way : ways) {
    candidates.emplace_back(way, device, bytes);
    calls.push_back(calls_within(options.seconds, candidates.back(), control));
  }
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    for (std::size_t w = 0; w < ways.size(); ++w) {
      const double seconds =
          slowest(candidates[w].time(calls[w], control), control);
      times[w].push_back(1e6 * seconds / calls[w]);
    }
  }
  std::vector<AllReduceRow> rows;
  for (std::size_t w = 0; w < ways.size(); ++w) {
    std::int64_t wrong = candidates[w].count_wrong();
    control.all_reduce(std::span(&wrong, 1));
    rows.push_back(
        {ways[w].name, control.size(), bytes, spread_of(times[w]), wrong});
  }
  return rows;
}

}  // namespace

std::vector<AllReduceRow> bench_all_reduce(
    const std::vector<AllReduceWay>& ways,
    c10::Device device,
    Control& control,
    const AllReduceBenchOptions& options,
    const std::function<void(int)>& done) {
  std::vector<AllReduceRow> rows;
  for (std::size_t s = 0; s < options.bytes.size(); ++s) {
    const auto more =
        bench_size(ways, device, control, options, options.bytes[s]);
    rows.insert(rows.end(), more.begin(), more.end());
    done(static_cast<int>(s) + 1);
  }
  return rows;
}

}  // namespace convoy
