#include "nets/weights/pickle.h"

#include <fmt/format.h>

#include "nets/weights/errors.h"
#include "nets/weights/pickle_machine.h"

namespace convoy {
namespace {

const char* name_of_kind(PickleValue::Kind kind) {
  using Kind = PickleValue::Kind;
  switch (kind) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return "a bool";
    case Kind::integer:
    case Kind::huge_integer:
      return "an integer";
    case Kind::real:
      return "a float";
    case Kind::text:
      return "a text";
    case Kind::bytes:
      return "bytes";
    case Kind::tuple:
      return "a tuple";
    case Kind::list:
      return "a list";
    case Kind::set:
      return "a set";
    case Kind::dict:
      return "a dict";
    case Kind::global:
      return "a class or function";
    case Kind::call:
      return "an object";
    case Kind::persistent:
      return "a storage";
  }
  return "unknown";
}

/// The class that legacy files keep outside of the pickle, with its source.
const PickleValue& without_source(const PickleValue& callee) {
  if (callee.kind == PickleValue::Kind::persistent) {
    const PickleValue& id = *callee.items.front();
    if (id.kind == PickleValue::Kind::tuple && id.items.size() > 1) {
      return *id.items[1];
    }
  }
  return callee;
}

}  // namespace

Pickle read_pickle(std::string_view bytes) {
  return PickleMachine(bytes).run();
}

const PickleValue* find_in_dict(const PickleValue& dict, std::string_view key) {
  if (dict.kind != PickleValue::Kind::dict) {
    return nullptr;
  }
  for (std::size_t i = dict.items.size(); i >= 2; i -= 2) {
    const PickleValue& candidate = *dict.items[i - 2];
    if (candidate.kind == PickleValue::Kind::text && candidate.text == key) {
      return dict.items[i - 1];
    }
  }
  return nullptr;
}

std::string describe_value(const PickleValue& value) {
  const PickleValue* named = &value;
  if (value.kind == PickleValue::Kind::call) {
    named = &without_source(*value.callee);
  }
  if (named->kind != PickleValue::Kind::global) {
    return name_of_kind(value.kind);
  }
  return fmt::format(
      "{} {}",
      value.kind == PickleValue::Kind::call ? "an object of" : "the global",
      in_quotes(fmt::format("{}.{}", named->text, named->name)));
}

}  // namespace convoy
