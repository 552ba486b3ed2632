#include "trainer/health/tensor_memory.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <mutex>

#include "trainer/health/blocks.h"

namespace convoy {
namespace {

constexpr std::size_t kLeast = 1 << 16;
constexpr std::size_t kGrain = 1 << 12;

/// Never destroyed: tensors may outlive main().
class KeptMemory final : public c10::Allocator {
 public:
  KeptMemory(std::byte* begin, std::size_t bytes)
      : begin_(begin), bytes_(bytes), blocks_(bytes) {}

  c10::DataPtr allocate(std::size_t bytes) override {
    void* place = bytes >= kLeast ? take(bytes) : nullptr;
    if (place == nullptr) {
      place = c10::alloc_cpu(bytes);
    }
    return {place, place, &release, c10::Device(c10::kCPU)};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &release; }

  void copy_data(void* to, const void* from, std::size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }

  static KeptMemory* installed;

 private:
  void* take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    const auto offset = blocks_.take((bytes + kGrain - 1) / kGrain * kGrain);
    return offset ? begin_ + *offset : nullptr;
  }

  /// Also of what was allocated before this was there.
  static void release(void* place) {
    KeptMemory& kept = *installed;
    const auto offset = static_cast<std::uintptr_t>(
        reinterpret_cast<std::uintptr_t>(place) -
        reinterpret_cast<std::uintptr_t>(kept.begin_));
    if (offset >= kept.bytes_) {
      c10::free_cpu(place);
      return;
    }
    const std::lock_guard lock(kept.mutex_);
    kept.blocks_.give_back(offset);
  }

  std::byte* begin_;
  std::size_t bytes_;
  std::mutex mutex_;
  Blocks blocks_;
};

KeptMemory* KeptMemory::installed = nullptr;

bool address_space_is_limited() {
  rlimit limit{};
  return getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY;
}

/// The system then reserves memory and not addresses alone.
bool memory_is_never_promised_twice() {
  std::ifstream file("/proc/sys/vm/overcommit_memory");
  int mode = 0;
  return file >> mode && mode == 2;
}

std::size_t physical_memory() {
  return static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

void keep_tensor_memory() {
#ifdef __SANITIZE_ADDRESS__
  return;  // which watches what malloc() gives
#endif
  if (address_space_is_limited() || memory_is_never_promised_twice()) {
    return;
  }
  // Addresses alone; memory comes with the first touch.
  const std::size_t bytes = physical_memory();
  void* range = mmap(
      nullptr,
      bytes,
      PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
      -1,
      0);
  if (range == MAP_FAILED) {
    return;
  }
  madvise(range, bytes, MADV_HUGEPAGE);
  KeptMemory::installed = new KeptMemory(static_cast<std::byte*>(range), bytes);
  c10::SetCPUAllocator(KeptMemory::installed, /*priority=*/1);
}

}  // namespace convoy
