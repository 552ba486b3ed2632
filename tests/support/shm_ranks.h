#pragma once
// Ranks as threads that share real memory segments.

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "distributed/shm/communicator.h"
#include "tests/support/thread_ranks.h"

namespace convoy::testing {

/// run_ranks() on one host, with its shared memory.
inline void run_shm_ranks(
    int size,
    const std::function<void(Communicator&, Control&)>& body,
    const ShmOptions& options = {}) {
  run_ranks(size, [&](Communicator& plain, Control& control) {
    std::string problem;
    const auto ranks = make_shm_communicator(
        {.world = control,
         .host = control,
         .plain = borrowed(plain),
         .peers = nullptr,
         .places = control.size()},
        options,
        problem);
    ASSERT_NE(ranks, nullptr) << problem;
    body(*ranks, control);
  });
}

}  // namespace convoy::testing
