// Any bytes as a .pth file, and as the pickle in a sound archive: there the
// checksums of a zip archive hide nothing from the pickle machine.

#include <cstddef>
#include <cstdint>

#include "nets/weights/weights.h"
#include "tests/nets/weights/made_files.h"

namespace {

void read_or_refuse(std::string_view bytes) {
  try {
    convoy::read_weights(bytes, "input");
  } catch (const convoy::WeightError&) {
    // What a reader should say.
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(
    const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_or_refuse(bytes);
  read_or_refuse(convoy::testing::made_zip(convoy::testing::zip_of(
      std::string(bytes), {std::string(24, '\1'), std::string(8, '\2')})));
  return 0;
}
