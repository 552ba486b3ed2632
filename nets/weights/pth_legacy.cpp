// Files of torch.save before 1.6: pickles of a magic number, a protocol version
// and facts of the system; the pickled object; a pickled list of the storages'
// keys; then of each storage its number of elements (int64) and the elements.

#include <fmt/format.h>

#include <map>
#include <string>

#include "nets/weights/bytes.h"
#include "nets/weights/pickle.h"
#include "nets/weights/pth.h"
#include "nets/weights/state_dict.h"

namespace convoy {
namespace {

using Kind = PickleValue::Kind;

/// 0x1950a86a20f9469cfc6c as a pickle has it.
constexpr std::string_view kLegacyMagic =
    "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
constexpr std::int64_t kLegacyProtocol = 1001;

using LegacyStorages = std::map<std::string_view, std::string_view>;
using LegacyIds = std::map<std::string_view, StorageId>;

/// Reads the next pickle of the file.
Pickle next_pickle(std::string_view file, std::size_t& position) {
  Pickle pickle = read_pickle(file.substr(position));
  position += pickle.length;
  return pickle;
}

/// The three pickles before the object's.
void check_preamble(std::string_view file, std::size_t& position) {
  const Pickle magic = next_pickle(file, position);
  const Pickle protocol = next_pickle(file, position);
  if (magic.top->kind != Kind::huge_integer ||
      magic.top->text != kLegacyMagic || protocol.top->kind != Kind::integer ||
      protocol.top->integer != kLegacyProtocol) {
    throw WeightError(fmt::format(
        "it does not begin with torch.save's number and its protocol {}",
        kLegacyProtocol));
  }
  const Pickle system = next_pickle(file, position);
  const PickleValue* const little = find_in_dict(*system.top, "little_endian");
  if (little == nullptr || little->kind != Kind::boolean ||
      little->integer == 0) {
    throw WeightError(
        "it does not say that its byte order is little-endian; save it again "
        "on such a machine");
  }
}

bool is_storage(const PickleValue& value) {
  if (value.kind != Kind::persistent || value.items[0]->items.empty()) {
    return false;
  }
  const PickleValue& type = *value.items[0]->items[0];
  return type.kind == Kind::text && type.text == "storage";  // else "module"
}

/// The storages that the pickled object speaks of, by key. One of a type that
/// is unknown here is an error even where no weight lies in it: none behind it
/// could be found.
LegacyIds ids_in(const Pickle& object) {
  LegacyIds ids;
  for (const PickleValue& value : object.values) {
    if (!is_storage(value)) {
      continue;
    }
    StorageId id;
    try {
      id = read_storage_id(value);
    } catch (const WeightError& e) {
      throw WeightError(fmt::format("something in it {}", e.what()));
    }
    const auto [known, added] = ids.emplace(id.key, id);
    if (!added && known->second.type != id.type) {
      throw WeightError(
          fmt::format("its storage {} has two types", in_quotes(id.key)));
    }
  }
  return ids;
}

std::string_view read_legacy_storage(ByteCursor& raw, const StorageId& id) {
  const auto elements = raw.number<std::int64_t>();
  const std::uint64_t element = c10::elementSize(id.type);
  if (elements < 0 || elements != id.elements ||
      static_cast<std::uint64_t>(elements) > raw.left() / element) {
    throw WeightError(fmt::format(
        "its storage {} has {} elements of {} bytes; want {}, and the file has "
        "{} bytes left",
        in_quotes(id.key),
        elements,
        element,
        id.elements,
        raw.left()));
  }
  return raw.take(static_cast<std::uint64_t>(elements) * element);
}

/// The raw storages at the end of the file, in the order of `keys`.
LegacyStorages read_legacy_storages(
    const PickleValue& keys, const LegacyIds& ids, std::string_view bytes) {
  if (keys.kind != Kind::list) {
    throw WeightError(fmt::format(
        "it has {} where the list of its storages belongs",
        describe_value(keys)));
  }
  LegacyStorages storages;
  ByteCursor raw(bytes, "its storages");
  for (const PickleValue* const key : keys.items) {
    const auto id = ids.find(key->text);
    if (key->kind != Kind::text || id == ids.end() ||
        !storages.emplace(key->text, read_legacy_storage(raw, id->second))
             .second) {
      throw WeightError(fmt::format(
          "it lists the storage {} twice or without need",
          in_quotes(key->text)));
    }
  }
  if (raw.left() != 0) {
    throw WeightError(
        fmt::format("{} bytes follow its last storage", raw.left()));
  }
  return storages;
}

}  // namespace

bool is_legacy_pth(std::string_view file) {
  // A frame may come first, since protocol 4.
  return file.starts_with('\x80') &&
         file.substr(0, 32).find(kLegacyMagic) != std::string_view::npos;
}

std::vector<NamedTensor> read_pth_legacy(std::string_view file) {
  std::size_t position = 0;
  check_preamble(file, position);
  const Pickle object = next_pickle(file, position);
  const Pickle keys = next_pickle(file, position);
  const LegacyStorages storages =
      read_legacy_storages(*keys.top, ids_in(object), file.substr(position));
  return read_state_dict(
      *object.top,
      [&storages](const StorageId& id) {
        const auto found = storages.find(id.key);
        if (found == storages.end()) {
          throw WeightError(fmt::format(
              "lies in the storage {}, which the file lacks",
              in_quotes(id.key)));
        }
        return found->second;
      },
      most_tensor_bytes(file.size()));
}

}  // namespace convoy
