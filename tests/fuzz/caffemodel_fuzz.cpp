// Any bytes as a weight file and, since those of a .caffemodel must begin as
// one, as such a file directly.

#include <cstddef>
#include <cstdint>

#include "nets/weights/caffemodel.h"

extern "C" int LLVMFuzzerTestOneInput(
    const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    convoy::read_weights(bytes, "input");
  } catch (const convoy::WeightError&) {
    // What a reader should say.
  }
  try {
    convoy::read_caffemodel(bytes, convoy::ChannelOrder::rgb);
  } catch (const convoy::WeightError&) {
    // The same.
  }
  return 0;
}
