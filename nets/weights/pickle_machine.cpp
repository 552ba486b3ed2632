#include "nets/weights/pickle_machine.h"

#include <fmt/format.h>

#include "nets/weights/errors.h"

namespace convoy {
namespace {

// What bounds the memory and time that a pickle may ask for. A tensor of a
// state dict takes some 20 values and 40 opcodes.
constexpr std::size_t kMostValues = 1u << 21;
constexpr std::size_t kMostOpcodes = 1u << 24;

constexpr std::uint8_t kProto = 0x80;
constexpr std::uint8_t kFrame = 0x95;
constexpr std::uint8_t kStop = '.';
constexpr std::uint8_t kNewestProtocol = 5;

}  // namespace

Pickle PickleMachine::run() {
  for (std::size_t i = 0; i < kMostOpcodes; ++i) {
    const auto opcode = code_.number<std::uint8_t>();
    if (opcode == kStop) {
      result_.top = &pop();
      result_.length = code_.position();
      return std::move(result_);
    }
    if (opcode == kProto) {
      if (code_.number<std::uint8_t>() > kNewestProtocol) {
        fail("is of a protocol above 5");
      }
    } else if (opcode == kFrame) {
      code_.take(8);  // how much to read ahead: all is here
    } else if (
        !push_constant(opcode) && !push_text(opcode) &&
        !make_container(opcode) && !fill_container(opcode) &&
        !move_on_stack(opcode) && !use_memo(opcode) && !make_object(opcode)) {
      fail(fmt::format(
          "has the opcode 0x{:02x}, which torch.save does not write", opcode));
    }
  }
  fail(fmt::format("has more than {} opcodes", kMostOpcodes));
}

bool PickleMachine::push_constant(std::uint8_t opcode) {
  switch (opcode) {
    case 'N':
      push(Kind::none);
      return true;
    case 0x88:  // NEWTRUE
    case 0x89:  // NEWFALSE
      push(Kind::boolean).integer = opcode == 0x88;
      return true;
    case 'J':
      push_integer(code_.number<std::int32_t>());
      return true;
    case 'K':
      push_integer(code_.number<std::uint8_t>());
      return true;
    case 'M':
      push_integer(code_.number<std::uint16_t>());
      return true;
    case 0x8a:  // LONG1
      push_long(code_.take(code_.number<std::uint8_t>()));
      return true;
    case 0x8b:  // LONG4
      push_long(code_.take(code_.number<std::uint32_t>()));
      return true;
    case 'G':
      code_.take(8);
      push(Kind::real);
      return true;
    default:
      return false;
  }
}

bool PickleMachine::push_text(std::uint8_t opcode) {
  const auto push_view = [this](Kind kind, std::uint64_t bytes) {
    const std::string_view text = code_.take(bytes);
    push(kind).text = text;
    return true;
  };
  switch (opcode) {
    case 'U':   // SHORT_BINSTRING, the str of Python 2
    case 0x8c:  // SHORT_BINUNICODE
      return push_view(Kind::text, code_.number<std::uint8_t>());
    case 'T':  // BINSTRING
    case 'X':  // BINUNICODE
      return push_view(Kind::text, code_.number<std::uint32_t>());
    case 0x8d:  // BINUNICODE8
      return push_view(Kind::text, code_.number<std::uint64_t>());
    case 'C':  // SHORT_BINBYTES
      return push_view(Kind::bytes, code_.number<std::uint8_t>());
    case 'B':  // BINBYTES
      return push_view(Kind::bytes, code_.number<std::uint32_t>());
    case 0x8e:  // BINBYTES8
    case 0x96:  // BYTEARRAY8
      return push_view(Kind::bytes, code_.number<std::uint64_t>());
    default:
      return false;
  }
}

bool PickleMachine::move_on_stack(std::uint8_t opcode) {
  switch (opcode) {
    case '(':  // MARK
      if (marks_.size() >= kMostValues) {
        fail(fmt::format("has more than {} marks", kMostValues));
      }
      marks_.push_back(stack_.size());
      return true;
    case '0':  // POP
      pop();
      return true;
    case '1':  // POP_MARK
      stack_.resize(stack_.size() - above_mark());
      take_mark();
      return true;
    case '2':  // DUP
      stack_.push_back(&top());
      return true;
    default:
      return false;
  }
}

bool PickleMachine::use_memo(std::uint8_t opcode) {
  switch (opcode) {
    case 'q':  // BINPUT
      remember(code_.number<std::uint8_t>());
      return true;
    case 'r':  // LONG_BINPUT
      remember(code_.number<std::uint32_t>());
      return true;
    case 0x94:  // MEMOIZE
      remember(memo_.size());
      return true;
    case 'h':  // BINGET
      recall(code_.number<std::uint8_t>());
      return true;
    case 'j':  // LONG_BINGET
      recall(code_.number<std::uint32_t>());
      return true;
    default:
      return false;
  }
}

void PickleMachine::push_integer(std::int64_t integer) {
  push(Kind::integer).integer = integer;
}

void PickleMachine::push_long(std::string_view digits) {
  if (digits.size() > sizeof(std::int64_t)) {
    push(Kind::huge_integer).text = digits;
    return;
  }
  const bool negative = !digits.empty() && (digits.back() & 0x80) != 0;
  std::int64_t integer = negative ? -1 : 0;
  std::memcpy(&integer, digits.data(), digits.size());
  push_integer(integer);
}

void PickleMachine::remember(std::uint64_t number) {
  memo_[number] = &top();
  if (memo_.size() > kMostValues) {
    fail(fmt::format("remembers more than {} values", kMostValues));
  }
}

void PickleMachine::recall(std::uint64_t number) {
  const auto found = memo_.find(number);
  if (found == memo_.end()) {
    fail(fmt::format("wants the value {}, which it never remembered", number));
  }
  stack_.push_back(found->second);
}

PickleValue& PickleMachine::push(Kind kind) {
  if (result_.values.size() >= kMostValues) {
    fail(fmt::format("holds more than {} values", kMostValues));
  }
  PickleValue& value = result_.values.emplace_back();
  value.kind = kind;
  stack_.push_back(&value);
  return value;
}

PickleValue& PickleMachine::pop() {
  PickleValue& value = top();
  stack_.pop_back();
  return value;
}

PickleValue& PickleMachine::top() {
  if (above_mark() == 0) {
    fail("takes a value where there is none");
  }
  return *stack_.back();
}

std::size_t PickleMachine::above_mark() const {
  return stack_.size() - (marks_.empty() ? 0 : marks_.back());
}

std::size_t PickleMachine::take_mark() {
  if (marks_.empty()) {
    fail("goes back to a mark where there is none");
  }
  const std::size_t count = above_mark();
  marks_.pop_back();
  return count;
}

void PickleMachine::fail(std::string_view why) const {
  throw WeightError(
      fmt::format("its pickle {} (at byte {})", why, code_.position()));
}

}  // namespace convoy
