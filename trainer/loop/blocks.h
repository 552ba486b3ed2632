#pragma once
// Computing on a dataset in blocks, several at once.
//
// Logits depend on the size of a forward pass, so it is done in fixed blocks of
// consecutive samples; on the CPU each block is computed by one thread, so
// results do not depend on the number of threads either.

#include <c10/core/Device.h>

#include <functional>
#include <vector>

#include "data/loader/loader.h"
#include "trainer/loop/feed.h"

namespace convoy {

struct BlockInput {
  const Dataset& dataset;
  MakeTransform make_transform;
  ImageShape shape;
  int block = 32;
  int workers = 1;  ///< loader threads per rank
  int threads = 1;  ///< blocks computed at once per rank, on the CPU
  BadSamples bad_samples = BadSamples::stop;
};

using UseBatch = std::function<void(const DeviceBatch&)>;

/// Calls `use` with batches 0 ... `blocks` - 1 of `source`, without gradients,
/// from several threads at once on the CPU. A batch is valid during its call.
/// Returns the samples that were left out. Throws what `use` and the loader
/// throw.
std::vector<BadSample> for_each_block(
    const BlockInput& input,
    c10::Device device,
    const BatchSource& source,
    std::uint64_t blocks,
    const UseBatch& use);

/// The same with batches that are there already.
void for_each_batch(
    const std::vector<DeviceBatch>& batches,
    int threads,
    c10::Device device,
    const UseBatch& use);

}  // namespace convoy
