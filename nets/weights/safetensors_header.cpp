#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "nets/weights/limits.h"
#include "nets/weights/safetensors.h"
#include "nets/weights/weight_types.h"

namespace convoy {
namespace {

/// Sorted by name: a hostile header may have very many.
using HeaderJson = nlohmann::json;

constexpr std::size_t kMostHeaderValues = 1u << 22;
constexpr int kDeepestHeader = 3;  // a shape, in a tensor, in the header

/// Hears the header before it is parsed: what a reader of the result would not
/// see any more, or what would take too much memory until then. (A callback of
/// the parser would do, were it not that with one the parser looks through all
/// earlier tensors at the end of each.)
class HeaderWatch final : public nlohmann::json_sax<HeaderJson> {
 public:
  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t&) override {
    return count();
  }
  bool string(string_t&) override { return count(); }
  bool binary(binary_t&) override { return count(); }
  bool start_object(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }

  bool key(string_t& name) override {
    if (depth_ == 1) {
      add_name(name);
      facts_.clear();
    } else if (!facts_.insert(name).second) {
      throw WeightError(
          fmt::format("its header says {} of a tensor twice", in_quotes(name)));
    }
    return count();
  }

  /// The parser that comes afterwards will say it.
  bool parse_error(
      std::size_t, const std::string&, const HeaderJson::exception&) override {
    return false;
  }

 private:
  bool count() {
    if (++values_ > kMostHeaderValues) {
      throw WeightError(fmt::format(
          "its header holds more than {} values", kMostHeaderValues));
    }
    return true;
  }

  bool enter() {
    if (++depth_ > kDeepestHeader) {
      throw WeightError("its header is nested deeper than tensors are");
    }
    return count();
  }

  bool leave() {
    --depth_;
    return true;
  }

  void add_name(const std::string& name) {
    if (!names_.insert(name).second) {
      throw WeightError(
          fmt::format("its header names {} twice", in_quotes(name)));
    }
    if (names_.size() > kMostTensors) {
      throw WeightError(
          fmt::format("its header names more than {} tensors", kMostTensors));
    }
  }

  std::set<std::string> names_;
  std::set<std::string> facts_;  ///< of one tensor, which hold no others
  std::size_t values_ = 0;
  int depth_ = 0;
};

HeaderJson parse_safetensors_header(std::string_view text) {
  HeaderWatch watch;
  HeaderJson::sax_parse(text, &watch);
  return HeaderJson::parse(text);
}

/// An integer of 0 and above, and nothing that merely converts to one.
std::uint64_t header_integer(const HeaderJson& value) {
  if (!value.is_number_unsigned()) {
    throw WeightError(fmt::format(
        "has {} where an integer of 0 or above belongs",
        in_quotes(value.dump())));
  }
  return value.get<std::uint64_t>();
}

at::ScalarType type_of_dtype(const std::string& dtype) {
  for (const WeightType& row : kWeightTypes) {
    if (row.safetensors == dtype) {
      return row.type;
    }
  }
  throw WeightError(fmt::format(
      "is of the type {}; want {}", in_quotes(dtype), kKnownWeightTypes));
}

void read_place(const HeaderJson& entry, SafetensorsPlace& place) {
  place.type = type_of_dtype(entry.at("dtype").get<std::string>());
  const HeaderJson& shape = entry.at("shape");
  const HeaderJson& offsets = entry.at("data_offsets");
  if (!shape.is_array() || !offsets.is_array() || offsets.size() != 2) {
    throw WeightError("wants a list for its shape and two offsets");
  }
  for (const HeaderJson& size : shape) {
    // Above 2^63 it becomes negative, which no shape is.
    place.shape.push_back(static_cast<std::int64_t>(header_integer(size)));
  }
  place.begin = header_integer(offsets[0]);
  place.end = header_integer(offsets[1]);
}

SafetensorsPlace place_of(const std::string& name, const HeaderJson& entry) {
  SafetensorsPlace place;
  place.name = name;
  try {
    read_place(entry, place);
    const std::uint64_t wanted = dense_bytes(place.type, place.shape);
    if (place.end < place.begin || place.end - place.begin != wanted) {
      throw WeightError(fmt::format(
          "lies from {} to {}, and its shape [{}] wants {} bytes",
          place.begin,
          place.end,
          fmt::join(place.shape, ", "),
          wanted));
    }
  } catch (const WeightError& e) {
    throw WeightError(
        fmt::format("its tensor {} {}", in_quotes(name), e.what()));
  }
  return place;
}

/// Sorts the places, which must follow each other without overlap or gap.
void require_no_gap(
    std::vector<SafetensorsPlace>& places, std::uint64_t data_bytes) {
  std::sort(
      places.begin(),
      places.end(),
      [](const SafetensorsPlace& a, const SafetensorsPlace& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
      });
  std::uint64_t reached = 0;
  for (const SafetensorsPlace& place : places) {
    if (place.begin == reached && place.end > data_bytes) {
      throw WeightError(fmt::format(
          "it is cut short: its tensor {} ends at byte {} of the data, of "
          "which "
          "there are {}",
          in_quotes(place.name),
          place.end,
          data_bytes));
    }
    if (place.begin != reached) {
      throw WeightError(fmt::format(
          "its tensor {} lies from {} to {}; want it to begin at {}",
          in_quotes(place.name),
          place.begin,
          place.end,
          reached));
    }
    reached = place.end;
  }
  if (reached != data_bytes) {
    throw WeightError(fmt::format(
        "its tensors take {} bytes, and {} follow its header",
        reached,
        data_bytes));
  }
}

}  // namespace

SafetensorsHeader read_safetensors_header(
    std::string_view json, std::uint64_t data_bytes) {
  SafetensorsHeader header;
  try {
    const HeaderJson parsed = parse_safetensors_header(json);
    if (!parsed.is_object()) {
      throw WeightError("its header is no JSON object");
    }
    for (const auto& [name, entry] : parsed.items()) {
      if (name == "__metadata__") {
        entry.get_to(header.metadata);
      } else {
        header.places.push_back(place_of(name, entry));
      }
    }
  } catch (const HeaderJson::exception& e) {
    throw WeightError(fmt::format(
        "its header is not the JSON of a safetensors file: {}",
        in_quotes(e.what())));
  }
  require_no_gap(header.places, data_bytes);
  return header;
}

}  // namespace convoy
