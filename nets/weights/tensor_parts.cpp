#include "nets/weights/tensor_parts.h"

#include <optional>

namespace convoy {
namespace {

using Kind = PickleValue::Kind;

/// What would be called and with what, and what the result would be given.
struct TensorCall {
  const PickleValue& callee;
  const TensorParts& arguments;
  const PickleValue* state;
};

bool is_parameter_class(const PickleValue& callee) {
  return callee.is_global("torch.nn.parameter", "Parameter");
}

/// torch.FloatTensor, torch.cuda.HalfTensor, ..., torch.Tensor.
bool is_tensor_class(const PickleValue& callee) {
  return callee.kind == Kind::global &&
         (callee.text == "torch" || callee.text == "torch.cuda") &&
         callee.name.ends_with("Tensor");
}

/// Whether it is a call, with its type and arguments noted beside it, of which
/// the type adds nothing.
bool is_call_with_type(const PickleValue& value) {
  return value.callee->is_global("torch._tensor", "_rebuild_from_type_v2") &&
         value.items.size() == 4 && value.items[2]->kind == Kind::tuple &&
         (value.items[1]->is_global("torch", "Tensor") ||
          is_parameter_class(*value.items[1]));
}

std::optional<TensorCall> find_call(const PickleValue& value) {
  if (value.kind != Kind::call) {
    return std::nullopt;
  }
  if (is_call_with_type(value)) {
    return TensorCall{*value.items[0], value.items[2]->items, nullptr};
  }
  return TensorCall{*value.callee, value.items, value.state};
}

/// The tensor in a parameter; null when it is no parameter.
const PickleValue* find_parameter_data(const TensorCall& call) {
  const bool is_class = is_parameter_class(call.callee);
  if (!is_class &&
      !call.callee.is_global("torch._utils", "_rebuild_parameter") &&
      !call.callee.is_global("torch._utils", "_rebuild_parameter_with_state")) {
    return nullptr;
  }
  constexpr std::size_t kStateWithData = 5;
  if (is_class && call.state != nullptr && call.state->kind == Kind::tuple &&
      call.state->items.size() == kStateWithData) {
    return call.state->items[0];
  }
  return call.arguments.empty() ? nullptr : call.arguments[0];
}

}  // namespace

const TensorParts* find_tensor_parts(const PickleValue& value) {
  constexpr std::size_t kLeastParts = 4;
  std::optional<TensorCall> call = find_call(value);
  if (!call) {
    return nullptr;
  }
  if (const PickleValue* const data = find_parameter_data(*call)) {
    const std::optional<TensorCall> inner = find_call(*data);
    if (!inner) {
      return nullptr;
    }
    call.emplace(*inner);
  }
  if (call->callee.is_global("torch._utils", "_rebuild_tensor") ||
      call->callee.is_global("torch._utils", "_rebuild_tensor_v2")) {
    return call->arguments.size() >= kLeastParts ? &call->arguments : nullptr;
  }
  const bool has_state =
      call->state != nullptr && call->state->kind == Kind::tuple;
  return has_state && is_tensor_class(call->callee) &&
                 call->state->items.size() == kLeastParts
             ? &call->state->items
             : nullptr;
}

}  // namespace convoy
