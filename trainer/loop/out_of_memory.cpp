#include "trainer/loop/out_of_memory.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include "trainer/config/batch_sizes.h"
#include "trainer/errors.h"
#include "trainer/health/device_memory.h"
#include "trainer/health/memory.h"

namespace convoy {
namespace {

double megabytes(double bytes) {
  return bytes / 1e6;
}

/// Kept back while smaller micro-batches are tried. How much the same run takes
/// differs from time to time by what allocators round up to, on the CPU an
/// arena of 64 MB; what only just fits now may not fit in the run to come.
constexpr std::int64_t kReserve = std::int64_t{64} << 20;

/// What is used and what is left where the tensors are.
std::string describe_memory(c10::Device device) {
  if (device.is_cuda()) {
    const DeviceMemory memory = device_memory(device);
    return fmt::format(
        "this process has used up to {:.0f} MB of the GPU's {:.0f} MB, {:.0f} "
        "MB are free",
        megabytes(memory.peak_bytes),
        megabytes(memory.total_bytes),
        megabytes(memory.free_bytes));
  }
  return fmt::format(
      "this process holds {:.0f} MB, the machine has {:.0f} MB left for it",
      megabytes(static_cast<double>(resident_memory())),
      megabytes(static_cast<double>(available_memory())));
}

/// Whether the step fits and leaves the reserve free.
bool fits_with_reserve(
    TrainStep& step, const DeviceBatch& batch, std::int64_t samples) {
  try {
    const at::Tensor reserve =
        at::empty({kReserve}, batch.images.options().dtype(at::kByte));
    return step.fits(batch, samples);
  } catch (const std::exception&) {
    return false;
  }
}

/// The largest half, quarter, ... of `micro` that fits; 0 when none does.
std::int64_t find_fitting(
    const FailedStep& failed, TrainStep& step, const DeviceBatch& batch) {
  const std::int64_t least = failed.batch_norm ? 2 : 1;
  for (std::int64_t tried = failed.micro / 2; tried > 0; tried /= 2) {
    const std::int64_t smallest =
        batch.size() / micro_batches(batch.size(), tried);
    if (smallest >= least && fits_with_reserve(step, batch, tried)) {
      return tried;
    }
  }
  return 0;
}

}  // namespace

std::string out_of_memory_advice(
    const FailedStep& failed, TrainStep& step, const DeviceBatch& batch) {
  const std::int64_t fitting = find_fitting(failed, step, batch);
  const std::string advice =
      fitting > 0
          ? fmt::format(
                "{} at a time were tried and fit: set batch.micro={} (the "
                "global batch stays as it is, gradients accumulate)",
                fitting,
                fitting)
          : "no smaller micro-batch fits either: use a smaller network or "
            "smaller pictures (augment.crop_px)";
  return fmt::format(
      "out of memory: {} samples{} at a time are too many ({}; {}); {}",
      failed.micro,
      batch.are_features
          ? "' features"
          : fmt::format(
                " of {} x {}", batch.images.size(2), batch.images.size(3)),
      refused_allocation(failed.error),
      describe_memory(batch.images.device()),
      advice);
}

void rethrow_with_advice(
    const FailedStep& failed, TrainStep& step, const DeviceBatch& batch) {
  if (is_out_of_memory(failed.error)) {
    throw OutOfMemory(out_of_memory_advice(failed, step, batch));
  }
  std::rethrow_exception(failed.error);
}

void require_loader_memory(
    const LoaderOptions& options, std::int64_t available) {
  // In floating point, where a product of absurd sizes can't overflow.
  const double sample = static_cast<double>(options.sample_values) * 4 + 16;
  const double slot = sample * static_cast<double>(options.batch_capacity);
  const double wanted = slot * static_cast<double>(options.ring_batches);
  const auto room = static_cast<double>(available);
  if (wanted <= room) {
    return;
  }
  const std::string advice = 2 * slot <= room
                                 ? "set data.prefetch_batches=1"
                                 : fmt::format(
                                       "with data.prefetch_batches=1 a rank "
                                       "could hold {:.0f} samples: "
                                       "set batch.global or batch.per_rank "
                                       "accordingly, or use smaller "
                                       "pictures (augment.crop_px)",
                                       room / (2 * sample));
  throw OutOfMemory(fmt::format(
      "out of memory: the loader's {} batches of {} samples want {:.0f} MB a "
      "rank, and {:.0f} MB are left for it; {}",
      options.ring_batches,
      options.batch_capacity,
      megabytes(wanted),
      megabytes(room),
      advice));
}

}  // namespace convoy
