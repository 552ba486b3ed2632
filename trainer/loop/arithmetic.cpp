#include "trainer/loop/arithmetic.h"

#include <ATen/Version.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/headeronly/version.h>

#include <set>

#include "distributed/device.h"
#include "trainer/health/cpu.h"

namespace convoy {
namespace {

/// Shared memory adds up alike whatever the buckets.
std::string describe_exchange(
    const DistributedOptions& options, const World& world) {
  std::string text = fmt::format("by {}", world.backend_name());
  if (world.backend_name() != "shm") {
    text += fmt::format(
        " in buckets of {} and {}",
        options.first_bucket_mb,
        options.bucket_mb > 0 ? fmt::format("{} MB", options.bucket_mb)
                              : "as many MB as the link asks for");
  }
  return text;
}

}  // namespace

std::string describe_arithmetic(
    const DistributedOptions& options,
    Precision precision,
    int threads,
    World& world) {
  const std::string own =
      world.device().is_cuda()
          ? find_gpus().gpus.at(world.device().index()).name
          : fmt::format("{} ({})", cpu_name(), at::get_cpu_capability());
  const auto all = world.control().all_gather(own);
  const bool in_order = options.virtual_ranks > 0;
  const int ranks = in_order ? options.virtual_ranks : world.size();
  return fmt::format(
      "{} {}rank{} of {} thread{} on {} with LibTorch {} in {}, gradients {}",
      ranks,
      in_order ? "virtual " : "",
      ranks == 1 ? "" : "s",
      threads,
      threads == 1 ? "" : "s",
      fmt::join(std::set<std::string>(all.begin(), all.end()), ", "),
      TORCH_VERSION,
      names(precision)[static_cast<std::size_t>(precision)],
      in_order ? "in order" : describe_exchange(options, world));
}

}  // namespace convoy
