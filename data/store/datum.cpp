#include "data/store/datum.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>

#include "data/errors.h"
#include "data/store/hash.h"

namespace convoy {
namespace {

using protozero::pbf_wire_type;

enum Field : std::uint32_t {
  kChannels = 1,
  kHeight = 2,
  kWidth = 3,
  kData = 4,
  kLabel = 5,
  kFloatData = 6,
  kEncoded = 7,
  kChecksum = 1001,
  kSegments = 1002
};

constexpr std::uint32_t tag(Field field, pbf_wire_type type) {
  return protozero::tag_and_type(field, type);
}

std::span<const std::uint8_t> bytes_of(const protozero::data_view& view) {
  return {reinterpret_cast<const std::uint8_t*>(view.data()), view.size()};
}

[[noreturn]] void refuse_wire_type(const protozero::pbf_reader& message) {
  throw BadData(fmt::format(
      "it is no Datum of Caffe's: field {} has wire type {}",
      message.tag(),
      static_cast<int>(message.wire_type())));
}

void read_floats(protozero::pbf_reader& message, std::vector<float>& out) {
  const auto packed = message.get_view();
  if (packed.size() % sizeof(float) != 0) {
    throw BadData(fmt::format(
        "float_data is {} bytes, not a multiple of 4", packed.size()));
  }
  const std::size_t before = out.size();
  out.resize(before + packed.size() / sizeof(float));
  if (packed.size() > 0) {
    std::memcpy(out.data() + before, packed.data(), packed.size());
  }
}

// The wire type is part of each case: the getters must not meet another one.
void read_field(protozero::pbf_reader& message, Datum& out) {
  switch (message.tag_and_type()) {
    case tag(kChannels, pbf_wire_type::varint):
      out.channels = message.get_int32();
      break;
    case tag(kHeight, pbf_wire_type::varint):
      out.height = message.get_int32();
      break;
    case tag(kWidth, pbf_wire_type::varint):
      out.width = message.get_int32();
      break;
    case tag(kData, pbf_wire_type::length_delimited):
      out.data = bytes_of(message.get_view());
      break;
    case tag(kLabel, pbf_wire_type::varint):
      out.label = message.get_int32();
      out.has_label = true;
      break;
    case tag(kFloatData, pbf_wire_type::fixed32):
      out.float_data.push_back(message.get_float());
      break;
    case tag(kFloatData, pbf_wire_type::length_delimited):
      read_floats(message, out.float_data);
      break;
    case tag(kEncoded, pbf_wire_type::varint):
      out.encoded = message.get_bool();
      break;
    case tag(kSegments, pbf_wire_type::length_delimited):
      out.segments = bytes_of(message.get_view());
      break;
    case tag(kChecksum, pbf_wire_type::fixed64):
      out.checksum = message.get_fixed64();
      break;
    default:
      if (message.tag() <= kEncoded) {
        refuse_wire_type(message);
      }
      message.skip();
  }
}

void clear(Datum& datum) {
  std::vector<float> floats = std::move(datum.float_data);
  floats.clear();
  datum = Datum{};
  datum.float_data = std::move(floats);
}

}  // namespace

void parse_datum(std::span<const std::uint8_t> bytes, Datum& out) {
  clear(out);
  try {
    protozero::pbf_reader message(
        reinterpret_cast<const char*>(bytes.data()), bytes.size());
    while (message.next()) {
      read_field(message, out);
    }
  } catch (const protozero::exception& error) {
    throw BadData(
        fmt::format("it is no Datum of Caffe's, or damaged: {}", error.what()));
  }
}

void check_payload(const Datum& datum) {
  const std::size_t values = !datum.encoded && datum.data.empty()
                                 ? datum.float_data.size()
                                 : datum.data.size();
  if (values == 0) {
    throw BadData(
        datum.encoded ? "it says that it is encoded, and its data are empty"
                      : "it holds no pixels: neither data nor float_data");
  }
  if (datum.encoded) {
    return;
  }
  const bool readable = (datum.channels == 1 || datum.channels == 3) &&
                        datum.height > 0 && datum.width > 0;
  if (!readable ||
      static_cast<std::size_t>(datum.height) * datum.width * datum.channels !=
          values) {
    throw BadData(fmt::format(
        "it says {} channels x {} x {} (1 or 3 channels can be read) and "
        "holds {} values",
        datum.channels,
        datum.height,
        datum.width,
        values));
  }
}

std::uint64_t content_hash(const Datum& datum) {
  const std::array<std::int32_t, 5> head = {
      datum.label, datum.channels, datum.height, datum.width, datum.encoded};
  const std::uint64_t seed =
      hash64({reinterpret_cast<const std::uint8_t*>(head.data()), sizeof head});
  const std::uint64_t pixels = hash64(datum.data, seed);
  if (datum.float_data.empty()) {
    return pixels;
  }
  return hash64(
      {reinterpret_cast<const std::uint8_t*>(datum.float_data.data()),
       datum.float_data.size() * sizeof(float)},
      pixels);
}

std::uint64_t checksum_of(const Datum& datum) {
  const std::uint64_t content = content_hash(datum);
  return datum.segments.empty() ? content : hash64(datum.segments, content);
}

void check_checksum(const Datum& datum) {
  if (!datum.checksum) {
    return;
  }
  const std::uint64_t found = checksum_of(datum);
  if (found != *datum.checksum) {
    throw BadData(fmt::format(
        "it is damaged: its checksum is {}, and its content gives {}",
        hex64(*datum.checksum),
        hex64(found)));
  }
}

void serialise_datum(const Datum& datum, std::string& out) {
  out.clear();
  out.reserve(datum.data.size() + 5 * datum.float_data.size() + 64);
  protozero::pbf_writer message(out);
  message.add_int32(kChannels, datum.channels);
  message.add_int32(kHeight, datum.height);
  message.add_int32(kWidth, datum.width);
  message.add_bytes(
      kData,
      reinterpret_cast<const char*>(datum.data.data()),
      datum.data.size());
  message.add_int32(kLabel, datum.label);
  for (const float value : datum.float_data) {
    message.add_float(kFloatData, value);
  }
  message.add_bool(kEncoded, datum.encoded);
  message.add_fixed64(kChecksum, checksum_of(datum));
  if (!datum.segments.empty()) {
    message.add_bytes(
        kSegments,
        reinterpret_cast<const char*>(datum.segments.data()),
        datum.segments.size());
  }
}

}  // namespace convoy
