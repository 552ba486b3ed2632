#pragma once
// Tests that need a GPU skip themselves where there is none.

#include <c10/core/Device.h>
#include <gtest/gtest.h>

#include "distributed/device.h"

namespace convoy::testing {

inline int gpu_count() {
  return static_cast<int>(find_gpus().gpus.size());
}

/// For suites: runs on GPU 0, skips with the reason "no GPU".
class GpuTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (gpu_count() == 0) {
      GTEST_SKIP() << "no GPU";
    }
    set_device(device());
  }

  static c10::Device device() { return c10::Device(c10::kCUDA, 0); }
};

}  // namespace convoy::testing
