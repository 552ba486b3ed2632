#include "nets/weights/pth.h"

#include <fmt/format.h>

#include <string>

#include "nets/weights/errors.h"
#include "nets/weights/pickle.h"
#include "nets/weights/state_dict.h"
#include "nets/weights/zip.h"

namespace convoy {
namespace {

void check_byte_order(ZipArchive& archive) {
  if (!archive.has("byteorder")) {
    return;  // torch before 2.0
  }
  const std::string_view order = archive.entry("byteorder");
  if (order != "little") {
    throw WeightError(fmt::format(
        "its byte order is {}; want \"little\": save it again on such a "
        "machine",
        in_quotes(order)));
  }
}

/// All bytes of a storage, which has an entry of its own.
std::string_view zip_storage(ZipArchive& archive, const StorageId& id) {
  const std::string_view bytes =
      archive.entry(std::string("data/").append(id.key));
  const std::uint64_t element = c10::elementSize(id.type);
  if (id.elements < 0 ||
      bytes.size() / element != static_cast<std::uint64_t>(id.elements)) {
    throw WeightError(fmt::format(
        "has a storage of {} elements of {} bytes, and the entry of it has {} "
        "bytes",
        id.elements,
        element,
        bytes.size()));
  }
  return bytes;
}

}  // namespace

std::vector<NamedTensor> read_pth_zip(std::string_view file) {
  ZipArchive archive(file);
  if (archive.has("constants.pkl")) {
    throw WeightError(
        "it is a TorchScript program; want the state dict of its model: "
        "torch.save(torch.jit.load(path).state_dict(), new_path)");
  }
  check_byte_order(archive);
  const std::string_view code = archive.entry("data.pkl");
  const Pickle pickle = read_pickle(code);
  if (pickle.length != code.size()) {
    throw WeightError(fmt::format(
        "its pickle ends at byte {} of {}", pickle.length, code.size()));
  }
  return read_state_dict(
      *pickle.top,
      [&archive](const StorageId& id) { return zip_storage(archive, id); },
      most_tensor_bytes(file.size()));
}

}  // namespace convoy
