#pragma once
// Python's pickles (protocols 2 to 5, as CPython's pickletools.py describes
// them) read as plain data. Nothing is ever imported or called: a class or
// function is its name, and a call of it a record of what was to be called and
// with what.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace convoy {

struct PickleValue {
  enum class Kind : std::uint8_t {
    none,
    boolean,
    integer,
    huge_integer,  ///< one that 64 bits don't hold
    real,
    text,
    bytes,
    tuple,
    list,
    set,
    dict,  ///< collections.OrderedDict too
    global,
    call,        ///< an object that Python would make by a call
    persistent,  ///< what lies outside of the pickle, under an id
  };

  Kind kind = Kind::none;
  std::int64_t integer = 0;  ///< of a boolean or an integer
  /// Of text and bytes; the two's complement of a huge integer, little-endian;
  /// a global's module.
  std::string_view text;
  std::string_view name;  ///< of a global
  /// Members of a tuple, list or set; keys and values of a dict in turn; the
  /// arguments of a call; the id of what is persistent, alone.
  std::vector<const PickleValue*> items;
  const PickleValue* callee = nullptr;  ///< of a call
  /// What was to become the attributes of a dict or of what a call makes.
  const PickleValue* state = nullptr;

  bool is_global(std::string_view of_module, std::string_view wanted) const {
    return kind == Kind::global && text == of_module && name == wanted;
  }
};

/// A pickle's values, whose texts lie in the bytes that were read.
struct Pickle {
  std::deque<PickleValue> values;    ///< in the order of their making
  const PickleValue* top = nullptr;  ///< what was pickled
  std::size_t length = 0;            ///< bytes read, with the STOP
};

/// Reads the pickle that `bytes` begin with. A value may contain itself. Throws
/// WeightError for other opcodes than CPython's pickler writes for data, for
/// too many values, and for bytes that are no pickle.
Pickle read_pickle(std::string_view bytes);

/// The value under the text `key` of a dict, the last one as Python would have
/// it; null when there is none or `dict` is no dict.
const PickleValue* find_in_dict(const PickleValue& dict, std::string_view key);

/// What a value is, for a sentence: "a list", "an object of
/// argparse.Namespace".
std::string describe_value(const PickleValue& value);

}  // namespace convoy
