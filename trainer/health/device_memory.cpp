#include "trainer/health/device_memory.h"

#include <c10/core/CachingDeviceAllocator.h>

namespace convoy {

DeviceMemory device_memory(c10::Device device) {
  c10::DeviceAllocator* allocator = c10::getDeviceAllocator(device.type());
  const auto [free, total] = allocator->getMemoryInfo(device.index());
  constexpr auto kAll =
      static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  return {
      static_cast<double>(
          allocator->getDeviceStats(device.index()).allocated_bytes[kAll].peak),
      static_cast<double>(free),
      static_cast<double>(total)};
}

}  // namespace convoy
