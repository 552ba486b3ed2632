// A training step whose computing is slept through, with the real exchange of
// gradients, beside what the cost model predicts for it: for links between
// hosts that share a machine's processors.
//   mpirun ... emulated_step PROFILE LINK STEPS
// PROFILE: "STEP_S BACKWARD_END_S", then a line "BYTES READY_S" a bucket, as
// scaling.json has them. LINK: as `convoy scaling --link` has it. Rank 0 prints
// "measured_ms predicted_ms hidden_ms", medians over STEPS; hidden_ms is the
// step without communication.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "distributed/cost_model.h"
#include "distributed/mpi/session.h"
#include "distributed/world.h"

namespace convoy {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

StepProfile read_profile(const char* path) {
  std::ifstream file(path);
  StepProfile profile;
  file >> profile.step_s >> profile.backward_end_s;
  BucketArrival bucket;
  while (file >> bucket.bytes >> bucket.ready_s) {
    profile.buckets.push_back(bucket);
  }
  return profile;
}

std::vector<at::Tensor> buckets_of(
    const StepProfile& profile, Communicator& ranks) {
  std::vector<at::Tensor> buckets;
  for (const BucketArrival& bucket : profile.buckets) {
    buckets.push_back(ranks.allocate(bucket.bytes / 4, at::kFloat));
  }
  return buckets;
}

double take_step(
    const StepProfile& profile,
    const std::vector<at::Tensor>& buckets,
    Communicator& ranks) {
  const auto start = Clock::now();
  const auto sleep_until = [&](double seconds) {
    std::this_thread::sleep_until(
        start + std::chrono::duration_cast<Clock::duration>(Seconds(seconds)));
  };
  std::vector<std::unique_ptr<Work>> works;
  for (std::size_t b = 0; b < buckets.size(); ++b) {
    sleep_until(profile.buckets[b].ready_s);
    works.push_back(ranks.all_reduce(buckets[b]));
  }
  sleep_until(profile.backward_end_s);
  for (const auto& work : works) {
    work->wait();
  }
  std::this_thread::sleep_for(Seconds(profile.step_s - profile.backward_end_s));
  return Seconds(Clock::now() - start).count();
}

void measure(const StepProfile& profile, const char* link, int steps) {
  MpiSession session(600);
  World world(session, {.timeout_s = 600});
  const auto buckets = buckets_of(profile, world.gradients());
  std::vector<double> seconds;
  for (int i = 0; i <= steps; ++i) {
    world.control().barrier();
    const double taken = take_step(profile, buckets, world.gradients());
    if (i > 0) {
      seconds.push_back(taken);
    }
  }
  std::nth_element(seconds.begin(), seconds.begin() + steps / 2, seconds.end());
  const Prediction predicted = predict_step(
      profile, {.ranks = world.size(), .between = parse_link(link)});
  if (world.rank() == 0) {
    fmt::print(
        "{:.1f} {:.1f} {:.1f}\n",
        1000 * seconds[static_cast<std::size_t>(steps) / 2],
        1000 * predicted.step_s,
        1000 * profile.step_s);
  }
  session.finish();
}

}  // namespace
}  // namespace convoy

int main(int argc, char** argv) {
  if (argc != 4) {
    return 64;
  }
  convoy::measure(convoy::read_profile(argv[1]), argv[2], std::atoi(argv[3]));
  return 0;
}
