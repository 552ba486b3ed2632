// Any bytes as a weight file: refused or read. Most seeds are safetensors.

#include <cstddef>
#include <cstdint>

#include "nets/weights/weights.h"

extern "C" int LLVMFuzzerTestOneInput(
    const std::uint8_t* data, std::size_t size) {
  try {
    convoy::read_weights(
        std::string_view(reinterpret_cast<const char*>(data), size), "input");
  } catch (const convoy::WeightError&) {
    // What a reader should say.
  }
  return 0;
}
