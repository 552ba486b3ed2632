#include "nets/weights/rebuild.h"

#include <fmt/format.h>

#include "nets/weights/errors.h"
#include "nets/weights/limits.h"
#include "nets/weights/tensor_parts.h"
#include "nets/weights/tensor_view.h"
#include "nets/weights/weight_types.h"

namespace convoy {
namespace {

using Kind = PickleValue::Kind;

std::int64_t integer_of(const PickleValue& value, const char* what) {
  if (value.kind != Kind::integer) {
    throw WeightError(fmt::format(
        "has {} for its {}; want an integer", describe_value(value), what));
  }
  return value.integer;
}

/// A tuple or list of integers, or a torch.Size of one.
std::vector<std::int64_t> integers_of(
    const PickleValue& value, const char* what) {
  const PickleValue* list = &value;
  if (value.kind == Kind::call && value.callee->is_global("torch", "Size") &&
      value.items.size() == 1) {
    list = value.items[0];
  }
  if (list->kind != Kind::tuple && list->kind != Kind::list) {
    throw WeightError(fmt::format(
        "has {} for its {}; want integers", describe_value(*list), what));
  }
  if (list->items.size() > kMostDimensions) {
    throw WeightError(fmt::format(
        "has {} integers for its {}; want at most {}",
        list->items.size(),
        what,
        kMostDimensions));
  }
  std::vector<std::int64_t> integers;
  for (const PickleValue* const item : list->items) {
    integers.push_back(integer_of(*item, what));
  }
  return integers;
}

TensorView read_view(const TensorParts& parts, at::ScalarType type) {
  TensorView view;
  view.type = type;
  view.offset = integer_of(*parts[1], "offset");
  view.shape = integers_of(*parts[2], "shape");
  view.strides = integers_of(*parts[3], "strides");
  if (view.shape.size() != view.strides.size()) {
    throw WeightError(fmt::format(
        "has {} sizes and {} strides; want equally many",
        view.shape.size(),
        view.strides.size()));
  }
  return view;
}

/// Complex conjugation and negation are noted beside a tensor, not in it.
void refuse_metadata(const TensorParts& parts) {
  if (parts.size() > 6 && parts[6]->kind != Kind::none &&
      !parts[6]->items.empty()) {
    throw WeightError(
        "is marked as conjugate or negative; want it resolved (clone() it "
        "before it is saved)");
  }
}

at::ScalarType storage_type(const PickleValue& type) {
  if (type.is_global("torch.storage", "UntypedStorage") ||
      type.is_global("torch", "UntypedStorage")) {
    return at::kByte;
  }
  for (const WeightType& row : kWeightTypes) {
    if (type.is_global("torch", row.storage)) {
      return row.type;
    }
  }
  throw WeightError(fmt::format(
      "has a storage of {}; want {}", describe_value(type), kKnownWeightTypes));
}

/// The window of the storage that older legacy files note as a view.
std::string_view storage_window(const StorageId& id, std::string_view bytes) {
  const auto size = static_cast<std::int64_t>(c10::elementSize(id.type));
  const auto elements = static_cast<std::int64_t>(bytes.size()) / size;
  if (id.first < 0 || id.window < 0 || id.first > elements ||
      id.window > elements - id.first) {
    throw WeightError(fmt::format(
        "wants {} elements from {} on of a storage of {}",
        id.window,
        id.first,
        elements));
  }
  return bytes.substr(
      static_cast<std::size_t>(id.first * size),
      static_cast<std::size_t>(id.window * size));
}

}  // namespace

StorageId read_storage_id(const PickleValue& persistent) {
  constexpr std::size_t kLeastItems = 5;  // a sixth in legacy files
  const PickleValue* const id =
      persistent.kind == Kind::persistent ? persistent.items[0] : &persistent;
  if (persistent.kind != Kind::persistent || id->kind != Kind::tuple ||
      id->items.size() < kLeastItems || id->items[0]->kind != Kind::text ||
      id->items[0]->text != "storage" || id->items[2]->kind != Kind::text) {
    throw WeightError(fmt::format(
        "has {} for its storage, which is not as torch.save writes one",
        describe_value(persistent)));
  }
  StorageId storage;
  storage.type = storage_type(*id->items[1]);
  storage.key = id->items[2]->text;
  if (storage.key.size() > kMostStorageKeyBytes) {
    throw WeightError(fmt::format(
        "has a storage whose key {} has {} bytes; want at most {}",
        in_quotes(storage.key),
        storage.key.size(),
        kMostStorageKeyBytes));
  }
  storage.elements = integer_of(*id->items[4], "storage's size");
  storage.window = storage.elements;
  if (id->items.size() > kLeastItems && id->items[5]->kind == Kind::tuple &&
      id->items[5]->items.size() == 3) {  // the view's key, begin, size
    storage.first = integer_of(*id->items[5]->items[1], "storage's begin");
    storage.window = integer_of(*id->items[5]->items[2], "storage's size");
  }
  return storage;
}

bool is_tensor(const PickleValue& value) {
  return find_tensor_parts(value) != nullptr;
}

at::Tensor rebuild_tensor(
    const PickleValue& value,
    const StorageBytes& storage_bytes,
    std::uint64_t most_bytes) {
  const TensorParts* const parts = find_tensor_parts(value);
  if (parts == nullptr) {
    throw WeightError(
        fmt::format("is {}; want a dense tensor", describe_value(value)));
  }
  refuse_metadata(*parts);
  const StorageId id = read_storage_id(*parts->front());
  const TensorView view = read_view(*parts, id.type);
  const std::uint64_t bytes = dense_bytes(view.type, view.shape);
  if (bytes > most_bytes) {
    throw WeightError(fmt::format(
        "would take {} bytes, and {} are left for all tensors of a file of "
        "this size: it repeats its elements, or is altered",
        bytes,
        most_bytes));
  }
  return copy_tensor(view, storage_window(id, storage_bytes(id)));
}

}  // namespace convoy
