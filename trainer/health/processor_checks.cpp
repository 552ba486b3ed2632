// What `convoy doctor` says of the processor, its CPUs and the memory.

#include <fmt/format.h>

#include <cstdlib>

#include "distributed/affinity.h"
#include "trainer/health/checks.h"
#include "trainer/health/cpu.h"
#include "trainer/health/memory.h"

namespace convoy {
namespace {

using Level = Finding::Level;

Finding examine_threads() {
  const char* set = std::getenv("OMP_NUM_THREADS");
  const auto cpus = static_cast<int>(available_cpus().size());
  if (set == nullptr) {
    return {
        Level::good,
        "threads",
        "OMP_NUM_THREADS is not set: each rank uses its share of the CPUs",
        ""};
  }
  const int threads = std::atoi(set);
  const bool sound = threads >= 1 && threads <= cpus;
  return {
      sound ? Level::good : Level::note,  // training ignores it
      "threads",
      fmt::format("OMP_NUM_THREADS={}", set),
      sound ? "" : fmt::format("unset it, or set it to 1..{}", cpus)};
}

Finding examine_memory() {
  const double available = static_cast<double>(available_memory()) / (1 << 30);
  const bool little = available < 2;
  return {
      little ? Level::note : Level::good,
      "memory",
      fmt::format("{:.1f} GB available", available),
      little ? "close other programs, or train with a small batch.micro" : ""};
}

Finding describe_processor() {
  const auto cpus = available_cpus();
  return {
      Level::good,
      "processor",
      fmt::format(
          "{}, {} CPUs usable ({})",
          cpu_name(),
          cpus.size(),
          describe_cpus(cpus)),
      ""};
}

}  // namespace

Finding examine_vector_units(const VectorUnits& units) {
  return {
      units.avx2 ? Level::good : Level::note,
      "vector units",
      fmt::format(
          "AVX2 {}, AVX-512 {}",
          units.avx2 ? "yes" : "no",
          units.avx512 ? "yes" : "no"),
      units.avx2 ? ""
                 : "slower portable code is used; if this is a virtual "
                   "machine, let it see the host's processor (CPU model "
                   "\"host\"), else train on an x86 processor of 2013 "
                   "(Haswell) or later"};
}

Finding examine_bf16(bool native) {
  return {
      native ? Level::good : Level::note,
      "bf16",
      native ? "yes" : "no",
      native ? ""
             : "this processor emulates bf16, many times slower than fp32: "
               "leave precision at auto or set it to fp32 when training on "
               "the CPU"};
}

std::vector<Finding> examine_processor() {
  return {
      describe_processor(),
      examine_vector_units({cpu_has("avx2"), cpu_has("avx512f")}),
      examine_bf16(cpu_has("avx512_bf16") || cpu_has("amx_bf16")),
      examine_threads(),
      examine_memory()};
}

}  // namespace convoy
