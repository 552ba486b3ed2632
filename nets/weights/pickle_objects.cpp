// The part of the pickle machine that joins values.

#include <fmt/format.h>

#include "nets/weights/errors.h"
#include "nets/weights/pickle_machine.h"

namespace convoy {
namespace {

// Calls copy their arguments: one tuple may be the arguments of many.
constexpr std::size_t kMostCopiedItems = 1u << 24;

bool is_pair(const PickleValue& value) {
  return (value.kind == PickleValue::Kind::list ||
          value.kind == PickleValue::Kind::tuple) &&
         value.items.size() == 2;
}

}  // namespace

bool PickleMachine::make_container(std::uint8_t opcode) {
  switch (opcode) {
    case ')':  // EMPTY_TUPLE
      push(Kind::tuple);
      return true;
    case ']':  // EMPTY_LIST
      push(Kind::list);
      return true;
    case '}':  // EMPTY_DICT
      push(Kind::dict);
      return true;
    case 0x8f:  // EMPTY_SET
      push(Kind::set);
      return true;
    case 0x85:  // TUPLE1, TUPLE2, TUPLE3
    case 0x86:
    case 0x87:
      gather(Kind::tuple, opcode - 0x84u);
      return true;
    case 't':  // TUPLE
      gather(Kind::tuple, take_mark());
      return true;
    case 'l':  // LIST
      gather(Kind::list, take_mark());
      return true;
    case 'd':  // DICT
      gather(Kind::dict, take_mark());
      return true;
    case 0x91:  // FROZENSET
      gather(Kind::set, take_mark());
      return true;
    default:
      return false;
  }
}

bool PickleMachine::fill_container(std::uint8_t opcode) {
  switch (opcode) {
    case 'a':  // APPEND
      fill(Kind::list, 1);
      return true;
    case 'e':  // APPENDS
      fill(Kind::list, take_mark());
      return true;
    case 's':  // SETITEM
      fill(Kind::dict, 2);
      return true;
    case 'u':  // SETITEMS
      fill(Kind::dict, take_mark());
      return true;
    case 0x90:  // ADDITEMS
      fill(Kind::set, take_mark());
      return true;
    default:
      return false;
  }
}

bool PickleMachine::make_object(std::uint8_t opcode) {
  switch (opcode) {
    case 'c': {  // GLOBAL
      const std::string_view module = code_.line();
      push_global(module, code_.line());
      return true;
    }
    case 0x93: {  // STACK_GLOBAL
      const PickleValue& name = pop();
      const PickleValue& module = pop();
      if (name.kind != Kind::text || module.kind != Kind::text) {
        fail("names a global by something else than text");
      }
      push_global(module.text, name.text);
      return true;
    }
    case 'R':     // REDUCE
    case 0x81: {  // NEWOBJ
      const PickleValue& arguments = pop();
      call(pop(), arguments);
      return true;
    }
    case 0x92: {  // NEWOBJ_EX
      pop();      // named arguments
      const PickleValue& arguments = pop();
      call(pop(), arguments);
      return true;
    }
    case 'b':
      build();
      return true;
    case 'Q': {  // BINPERSID
      const PickleValue& id = pop();
      push(Kind::persistent).items = {&id};
      return true;
    }
    default:
      return false;
  }
}

void PickleMachine::push_global(
    std::string_view module, std::string_view name) {
  PickleValue& global = push(Kind::global);
  global.text = module;
  global.name = name;
}

/// Makes the last `count` values one.
void PickleMachine::gather(Kind kind, std::size_t count) {
  if (count > above_mark() || (kind == Kind::dict && count % 2 != 0)) {
    fail("joins more values than there are");
  }
  const std::vector<const PickleValue*> items(
      stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
  stack_.resize(stack_.size() - count);
  push(kind).items = items;
}

/// Puts the last `count` values into what lies below them.
void PickleMachine::fill(Kind kind, std::size_t count) {
  if (count >= above_mark() || (kind == Kind::dict && count % 2 != 0)) {
    fail("adds more values to another than there are");
  }
  const auto first = stack_.end() - static_cast<std::ptrdiff_t>(count);
  PickleValue& into = **(first - 1);
  if (into.kind == kind) {
    into.items.insert(into.items.end(), first, stack_.end());
  } else if (into.kind != Kind::call) {  // what an object does is its own
                                         // affair
    fail("adds items to what holds none");
  }
  stack_.resize(stack_.size() - count);
}

/// Notes the call that Python would make, and makes no call.
void PickleMachine::call(
    const PickleValue& callee, const PickleValue& arguments) {
  if (arguments.kind != Kind::tuple) {
    fail("calls something with arguments that are no tuple");
  }
  if (callee.is_global("collections", "OrderedDict")) {
    make_ordered_dict(arguments);
    return;
  }
  PickleValue& made = push(Kind::call);
  made.callee = &callee;
  copy_items(arguments, made);
}

/// OrderedDict(), or OrderedDict([(key, value), ...]) as Python 2 pickled it.
void PickleMachine::make_ordered_dict(const PickleValue& arguments) {
  PickleValue& dict = push(Kind::dict);
  if (arguments.items.empty()) {
    return;
  }
  const PickleValue& pairs = *arguments.items[0];
  if (arguments.items.size() > 1 || pairs.kind != Kind::list) {
    fail("makes an OrderedDict of something else than pairs");
  }
  for (const PickleValue* const pair : pairs.items) {
    if (!is_pair(*pair)) {
      fail("makes an OrderedDict of something else than pairs");
    }
    copy_items(*pair, dict);
  }
}

void PickleMachine::copy_items(const PickleValue& from, PickleValue& into) {
  copied_items_ += from.items.size();
  if (copied_items_ > kMostCopiedItems) {
    fail(fmt::format("calls with more than {} arguments", kMostCopiedItems));
  }
  into.items.insert(into.items.end(), from.items.begin(), from.items.end());
}

/// BUILD: attributes for what lies below them.
void PickleMachine::build() {
  const PickleValue& state = pop();
  if (top().kind != Kind::dict && top().kind != Kind::call) {
    fail("gives attributes to what has none");
  }
  top().state = &state;
}

}  // namespace convoy
