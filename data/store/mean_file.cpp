#include "data/store/mean_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>

#include "data/errors.h"
#include "data/store/atomic_file.h"
#include "data/store/durable.h"

namespace convoy {
namespace {

using protozero::pbf_wire_type;

enum BlobField : std::uint32_t {
  kBlobNum = 1,
  kBlobChannels = 2,
  kBlobHeight = 3,
  kBlobWidth = 4,
  kBlobData = 5,
  kBlobShape = 7,
  kBlobDoubleData = 8
};
constexpr std::uint32_t kBlobDim = 1;  // of BlobShape
constexpr std::size_t kMaxFile = std::size_t{1} << 30;

constexpr std::uint32_t tag(std::uint32_t field, pbf_wire_type type) {
  return protozero::tag_and_type(field, type);
}

// What a BlobProto says before its shape is checked.
struct Blob {
  std::array<std::int64_t, 4> old_shape{};  // num, channels, height, width
  std::vector<std::int64_t> dims;
  std::vector<float> values;
};

template <typename T>
void append_packed(protozero::data_view bytes, std::vector<float>& values) {
  if (bytes.size() % sizeof(T) != 0) {
    throw BadData(fmt::format(
        "its values are {} bytes, not a multiple of {}",
        bytes.size(),
        sizeof(T)));
  }
  for (std::size_t i = 0; i < bytes.size(); i += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + i, sizeof value);
    values.push_back(static_cast<float>(value));
  }
}

void read_shape(protozero::pbf_reader shape, std::vector<std::int64_t>& dims) {
  while (shape.next()) {
    switch (shape.tag_and_type()) {
      case tag(kBlobDim, pbf_wire_type::varint):
        dims.push_back(shape.get_int64());
        break;
      case tag(kBlobDim, pbf_wire_type::length_delimited):
        for (const std::int64_t dim : shape.get_packed_int64()) {
          dims.push_back(dim);
        }
        break;
      default:
        shape.skip();
    }
  }
}

void read_field(protozero::pbf_reader& message, Blob& blob) {
  switch (message.tag_and_type()) {
    case tag(kBlobNum, pbf_wire_type::varint):
    case tag(kBlobChannels, pbf_wire_type::varint):
    case tag(kBlobHeight, pbf_wire_type::varint):
    case tag(kBlobWidth, pbf_wire_type::varint): {
      const std::uint32_t field = message.tag();
      blob.old_shape[field - kBlobNum] = message.get_int32();
      break;
    }
    case tag(kBlobData, pbf_wire_type::fixed32):
      blob.values.push_back(message.get_float());
      break;
    case tag(kBlobData, pbf_wire_type::length_delimited):
      append_packed<float>(message.get_view(), blob.values);
      break;
    case tag(kBlobDoubleData, pbf_wire_type::fixed64):
      blob.values.push_back(static_cast<float>(message.get_double()));
      break;
    case tag(kBlobDoubleData, pbf_wire_type::length_delimited):
      append_packed<double>(message.get_view(), blob.values);
      break;
    case tag(kBlobShape, pbf_wire_type::length_delimited):
      read_shape(message.get_message(), blob.dims);
      break;
    default:
      message.skip();
  }
}

// Channels, height, width; a leading count of one picture is dropped.
MeanImage shaped(Blob&& blob) {
  std::vector<std::int64_t> dims = blob.dims;
  if (dims.empty()) {
    dims.assign(blob.old_shape.begin(), blob.old_shape.end());
  }
  if (dims.size() == 4 && dims[0] == 1) {
    dims.erase(dims.begin());
  }
  constexpr std::int64_t kMaxSide = 1 << 20;
  const bool sides = dims.size() == 3 && (dims[0] == 1 || dims[0] == 3) &&
                     dims[1] > 0 && dims[1] <= kMaxSide && dims[2] > 0 &&
                     dims[2] <= kMaxSide;
  if (!sides || static_cast<std::uint64_t>(dims[0] * dims[1] * dims[2]) !=
                    blob.values.size()) {
    throw BadData(fmt::format(
        "it holds {} values in the shape {}; one picture of 1 or 3 channels "
        "was wanted",
        blob.values.size(),
        fmt::join(dims, " x ")));
  }
  return {
      static_cast<int>(dims[0]),
      static_cast<int>(dims[1]),
      static_cast<int>(dims[2]),
      std::move(blob.values)};
}

}  // namespace

MeanImage parse_mean(std::span<const std::uint8_t> bytes) {
  Blob blob;
  try {
    protozero::pbf_reader message(
        reinterpret_cast<const char*>(bytes.data()), bytes.size());
    while (message.next()) {
      read_field(message, blob);
    }
  } catch (const protozero::exception& error) {
    throw BadData(
        fmt::format("it is no BlobProto, or damaged: {}", error.what()));
  }
  return shaped(std::move(blob));
}

std::string serialise_mean(const MeanImage& mean) {
  std::string bytes;
  protozero::pbf_writer message(bytes);
  message.add_int32(kBlobNum, 1);
  message.add_int32(kBlobChannels, mean.channels);
  message.add_int32(kBlobHeight, mean.height);
  message.add_int32(kBlobWidth, mean.width);
  message.add_packed_float(kBlobData, mean.values.begin(), mean.values.end());
  return bytes;
}

MeanImage read_mean_file(const std::string& path) {
  const std::string absolute = std::filesystem::absolute(path).string();
  const std::string bytes = read_whole_file(absolute, kMaxFile);
  try {
    return parse_mean(
        {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  } catch (const BadData& error) {
    throw BadData(fmt::format(
        "{} can't be used as a mean file: {}", absolute, error.what()));
  }
}

void write_mean_file(const std::string& path, const MeanImage& mean) {
  write_atomically(path, serialise_mean(mean));
}

}  // namespace convoy
