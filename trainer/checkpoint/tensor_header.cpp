#include "trainer/checkpoint/tensor_header.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "data/errors.h"

namespace convoy {
namespace {

/// Looks names up in a tree: a hostile header may have very many.
using SortedJson = nlohmann::json;

constexpr std::size_t kMostTensors = 1u << 15;
constexpr std::size_t kMostDimensions = 16;

struct Dtype {
  const char* name;
  at::ScalarType type;
};
constexpr Dtype kDtypes[] = {
    {"F64", at::kDouble},
    {"F32", at::kFloat},
    {"F16", at::kHalf},
    {"BF16", at::kBFloat16},
    {"I64", at::kLong},
    {"I32", at::kInt},
    {"U8", at::kByte}};

const char* dtype_name(at::ScalarType type) {
  for (const Dtype& d : kDtypes) {
    if (d.type == type) {
      return d.name;
    }
  }
  throw std::logic_error("tensor file: a type that is not stored");
}

/// An integer of 0 and above, and nothing that merely converts to one.
std::uint64_t natural(const SortedJson& json, const std::string& name) {
  if (!json.is_number_unsigned()) {
    throw BadData(fmt::format(
        "{} has {} where an integer of 0 or above belongs", name, json.dump()));
  }
  return json.get<std::uint64_t>();
}

at::ScalarType type_named(const std::string& dtype, const std::string& name) {
  const auto known =
      std::find_if(std::begin(kDtypes), std::end(kDtypes), [&](const Dtype& d) {
        return dtype == d.name;
      });
  if (known == std::end(kDtypes)) {
    throw BadData(fmt::format("{} has the unknown type {}", name, dtype));
  }
  return known->type;
}

/// Bytes of a tensor; also refuses shapes whose strides would overflow.
std::uint64_t bytes_of(const TensorPlace& place) {
  std::int64_t extent = static_cast<std::int64_t>(c10::elementSize(place.type));
  bool empty = false;
  for (const std::int64_t size : place.shape) {
    empty = empty || size == 0;
    if (size < 0 || __builtin_mul_overflow(
                        extent, std::max<std::int64_t>(1, size), &extent)) {
      throw BadData(fmt::format(
          "{} has the impossible shape [{}]",
          place.name,
          fmt::join(place.shape, ", ")));
    }
  }
  return empty ? 0 : static_cast<std::uint64_t>(extent);
}

TensorPlace read_place(const std::string& name, const SortedJson& entry) {
  TensorPlace place;
  place.name = name;
  place.type = type_named(entry.at("dtype").get<std::string>(), name);
  const SortedJson& shape = entry.at("shape");
  const SortedJson& offsets = entry.at("data_offsets");
  if (!shape.is_array() || shape.size() > kMostDimensions ||
      !offsets.is_array() || offsets.size() != 2) {
    throw BadData(fmt::format(
        "{} wants a shape of at most {} sizes and two offsets",
        name,
        kMostDimensions));
  }
  for (const SortedJson& size : shape) {
    place.shape.push_back(static_cast<std::int64_t>(natural(size, name)));
  }
  place.begin = natural(offsets[0], name);
  place.end = natural(offsets[1], name);
  return place;
}

/// Every byte of the data belongs to one tensor: no overlap, no gap. Sorts.
void require_complete(
    std::vector<TensorPlace>& places, std::uint64_t data_bytes) {
  std::sort(
      places.begin(),
      places.end(),
      [](const TensorPlace& a, const TensorPlace& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
      });
  std::uint64_t reached = 0;
  for (const TensorPlace& place : places) {
    const std::uint64_t wanted = bytes_of(place);
    if (place.begin != reached || place.end < place.begin ||
        place.end - place.begin != wanted || place.end > data_bytes) {
      throw BadData(fmt::format(
          "{} lies at {}..{}, and its shape wants {} bytes from {} of {}",
          place.name,
          place.begin,
          place.end,
          wanted,
          reached,
          data_bytes));
    }
    reached = place.end;
  }
  if (reached != data_bytes) {
    throw BadData(
        fmt::format("its tensors take {} bytes of {}", reached, data_bytes));
  }
}

/// The header as JSON. A name that comes twice would be two files in one.
SortedJson parse_header(std::string_view text) {
  std::set<std::string> names;
  return SortedJson::parse(
      text,
      [&](int depth, SortedJson::parse_event_t event, const SortedJson& value) {
        if (depth == 1 && event == SortedJson::parse_event_t::key) {
          const auto name = value.get<std::string>();
          if (!names.insert(name).second) {
            throw BadData(fmt::format("its header names {} twice", name));
          }
          if (names.size() > kMostTensors) {
            throw BadData(fmt::format(
                "its header names more than {} tensors", kMostTensors));
          }
        }
        return true;
      });
}

}  // namespace

std::string make_tensor_header(
    const TensorFile& file, const std::vector<at::Tensor>& tensors) {
  nlohmann::ordered_json header;
  nlohmann::ordered_json& metadata = header["__metadata__"];
  metadata[kChecksumName] = kNoChecksum;
  for (const auto& [key, value] : file.metadata) {
    if (key != kChecksumName) {  // that of the file it was read from
      metadata[key] = value;
    }
  }
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const std::uint64_t end = offset + tensors[i].nbytes();
    header[file.tensors[i].name] = {
        {"dtype", dtype_name(tensors[i].scalar_type())},
        {"shape", tensors[i].sizes().vec()},
        {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // data begins 8-byte aligned
  return text;
}

TensorHeader read_tensor_header(
    std::string_view text, std::uint64_t data_bytes) {
  TensorHeader header;
  try {
    const SortedJson json = parse_header(text);
    for (const auto& [name, entry] : json.items()) {
      if (name == "__metadata__") {
        entry.get_to(header.metadata);
      } else {
        header.places.push_back(read_place(name, entry));
      }
    }
  } catch (const nlohmann::json::exception& e) {
    throw BadData(std::string("its header is no valid JSON: ") + e.what());
  }
  header.metadata.erase(kChecksumName);
  require_complete(header.places, data_bytes);
  return header;
}

}  // namespace convoy
