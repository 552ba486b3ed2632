#include "trainer/loop/link_probe.h"

#include "trainer/bench/all_reduce.h"

namespace convoy {

Link fit_link(const std::vector<ReduceTiming>& timings, int ranks) {
  // seconds = m * latency + m / ranks * bytes * seconds_per_byte, each line
  // divided by its seconds: a * latency + b * seconds_per_byte = 1.
  const double messages = 2.0 * (ranks - 1);
  double aa = 0;
  double ab = 0;
  double bb = 0;
  double a1 = 0;
  double b1 = 0;
  for (const ReduceTiming& t : timings) {
    const double a = messages / t.seconds;
    const double b = a * static_cast<double>(t.bytes) / ranks;
    aa += a * a;
    ab += a * b;
    bb += b * b;
    a1 += a;
    b1 += b;
  }
  const double determinant = aa * bb - ab * ab;
  const Link both{
      (a1 * bb - b1 * ab) / determinant, (b1 * aa - a1 * ab) / determinant};
  if (both.latency_s < 0) {
    return {0, b1 / bb};
  }
  return both.seconds_per_byte < 0 ? Link{a1 / aa, 0} : both;
}

Link probe_link(World& world, const std::function<void()>& after_size) {
  const AllReduceBenchOptions options{
      .bytes = {1 << 14, 1 << 18, 1 << 22, 1 << 24},
      .repeats = 5,
      .seconds = 0.02};
  const auto rows = bench_all_reduce(
      {{"gradients", world.gradients()}},
      world.device(),
      world.control(),
      options,
      [&](int) { after_size(); });
  std::vector<ReduceTiming> timings;
  for (const AllReduceRow& row : rows) {
    timings.push_back({row.bytes, 1e-6 * row.us.median});
  }
  return fit_link(timings, world.size());
}

}  // namespace convoy
