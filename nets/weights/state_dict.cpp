#include "nets/weights/state_dict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <set>
#include <string>

#include "nets/weights/errors.h"
#include "nets/weights/limits.h"
#include "nets/weights/rebuild.h"

namespace convoy {
namespace {

/// Where training programs keep the state dict of the model. Averages come
/// first: they are what a training with them was for.
constexpr std::array<const char*, 6> kPlaces{
    "state_dict_ema",
    "model_ema",
    "state_dict",
    "model",
    "model_state_dict",
    "net"};

bool holds_tensors(const PickleValue& value) {
  if (value.kind != PickleValue::Kind::dict) {
    return false;
  }
  for (std::size_t i = 1; i < value.items.size(); i += 2) {
    if (is_tensor(*value.items[i])) {
      return true;
    }
  }
  return false;
}

/// Whether Python would make a torch.nn.Module of it.
bool is_module(const PickleValue& value) {
  return value.kind == PickleValue::Kind::call && value.state != nullptr &&
         find_in_dict(*value.state, "_modules") != nullptr;
}

[[noreturn]] void refuse_module(const PickleValue& module) {
  throw WeightError(fmt::format(
      "it holds a whole model ({}), which would need its Python code; want its "
      "state dict: load it with the program that wrote it and save it again by "
      "torch.save(model.state_dict(), path)",
      describe_value(module)));
}

/// The first keys of a dict, for a sentence.
std::string some_keys(const PickleValue& dict) {
  constexpr std::size_t kEnough = 8;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < dict.items.size(); i += 2) {
    const PickleValue& key = *dict.items[i];
    keys.push_back(
        key.kind == PickleValue::Kind::text ? in_quotes(key.text)
                                            : describe_value(key));
    if (keys.size() == kEnough) {
      keys.emplace_back("...");
      break;
    }
  }
  return keys.empty() ? "an empty dict"
                      : fmt::format("a dict of {}", fmt::join(keys, ", "));
}

const PickleValue& find_state_dict(const PickleValue& top) {
  const PickleValue* module = is_module(top) ? &top : nullptr;
  for (const char* const place : kPlaces) {
    const PickleValue* const value = find_in_dict(top, place);
    if (value != nullptr && holds_tensors(*value)) {
      return *value;
    }
    if (value != nullptr && module == nullptr && is_module(*value)) {
      module = value;
    }
  }
  if (holds_tensors(top)) {
    return top;
  }
  if (module != nullptr) {
    refuse_module(*module);
  }
  throw WeightError(fmt::format(
      "it holds {}; want a state dict (names and tensors), or a dict that has "
      "one under {}",
      top.kind == PickleValue::Kind::dict ? some_keys(top)
                                          : describe_value(top),
      fmt::join(kPlaces, ", ")));
}

/// To be called before a name is copied: a few bytes of a pickle suffice to
/// name another entry by the same long text.
void check_dict_names(const PickleValue& dict) {
  const std::size_t entries = dict.items.size() / 2;
  if (entries > kMostTensors) {
    throw WeightError(fmt::format(
        "its state dict has {} entries; want at most {}",
        entries,
        kMostTensors));
  }
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < dict.items.size(); i += 2) {
    const PickleValue& key = *dict.items[i];
    if (key.kind != PickleValue::Kind::text) {
      throw WeightError(fmt::format(
          "its state dict names an entry by {}; want text",
          describe_value(key)));
    }
    if (key.text.size() > kMostTensorNameBytes) {
      throw WeightError(fmt::format(
          "its state dict names an entry {} in {} bytes; want at most {}",
          in_quotes(key.text),
          key.text.size(),
          kMostTensorNameBytes));
    }
    if (!seen.insert(key.text).second) {
      throw WeightError(
          fmt::format("its state dict names {} twice", in_quotes(key.text)));
    }
  }
}

}  // namespace

std::vector<NamedTensor> read_state_dict(
    const PickleValue& top,
    const StorageBytes& storage_bytes,
    std::uint64_t most_bytes) {
  const PickleValue& dict = find_state_dict(top);
  check_dict_names(dict);
  std::vector<NamedTensor> tensors;
  for (std::size_t i = 0; i < dict.items.size(); i += 2) {
    const std::string_view name = dict.items[i]->text;
    try {
      tensors.push_back(
          {std::string(name),
           rebuild_tensor(*dict.items[i + 1], storage_bytes, most_bytes)});
    } catch (const WeightError& e) {
      throw WeightError(
          fmt::format("its tensor {} {}", in_quotes(name), e.what()));
    }
    most_bytes -= tensors.back().tensor.nbytes();
  }
  return tensors;
}

}  // namespace convoy
