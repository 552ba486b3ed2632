#pragma once
// The stack machine that a pickle is a program for.

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "nets/weights/bytes.h"
#include "nets/weights/pickle.h"

namespace convoy {

class PickleMachine {
 public:
  explicit PickleMachine(std::string_view bytes) : code_(bytes, "its pickle") {}

  /// Runs to the STOP; once. Throws WeightError as read_pickle() does.
  Pickle run();

 private:
  using Kind = PickleValue::Kind;

  // Each does what `opcode` asks for, if it knows it.
  bool push_constant(std::uint8_t opcode);
  bool push_text(std::uint8_t opcode);
  bool make_container(std::uint8_t opcode);
  bool fill_container(std::uint8_t opcode);
  bool move_on_stack(std::uint8_t opcode);
  bool use_memo(std::uint8_t opcode);
  bool make_object(std::uint8_t opcode);

  void push_integer(std::int64_t integer);
  void push_long(std::string_view digits);
  void push_global(std::string_view module, std::string_view name);
  void gather(Kind kind, std::size_t count);
  void fill(Kind kind, std::size_t count);
  void call(const PickleValue& callee, const PickleValue& arguments);
  void make_ordered_dict(const PickleValue& arguments);
  void copy_items(const PickleValue& from, PickleValue& into);
  void build();
  void remember(std::uint64_t number);
  void recall(std::uint64_t number);

  PickleValue& push(Kind kind);
  PickleValue& pop();
  PickleValue& top();
  std::size_t above_mark() const;
  std::size_t take_mark();
  [[noreturn]] void fail(std::string_view why) const;

  ByteCursor code_;
  Pickle result_;
  std::vector<PickleValue*> stack_;
  std::vector<std::size_t> marks_;  ///< stack heights
  std::unordered_map<std::uint64_t, PickleValue*> memo_;
  std::size_t copied_items_ = 0;
};

}  // namespace convoy
