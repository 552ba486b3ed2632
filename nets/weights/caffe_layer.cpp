#include "nets/weights/caffe_layer.h"

#include <fmt/format.h>

#include <cstring>

#include "nets/weights/protobuf.h"

namespace convoy {
namespace {

constexpr std::size_t kMostLayerBlobs = 100;

/// The fields of a layer in one generation of caffe.proto.
struct CaffeLayerFields {
  std::uint32_t name;
  std::uint32_t type;
  std::uint32_t blobs;
  std::uint32_t preparation;  ///< transform_param
};

constexpr CaffeLayerFields kLayerFields{1, 2, 7, 100};
constexpr CaffeLayerFields kOldLayerFields{4, 5, 6, 36};
constexpr std::uint32_t kOldestLayer = 1;  // V0LayerParameter
constexpr std::uint32_t kInnerProductParam = 117;
constexpr std::uint32_t kTranspose = 6;

std::string_view old_type_name(std::uint64_t type) {
  switch (type) {
    case 4:
      return "Convolution";
    case 14:
      return "InnerProduct";
    case 15:
      return "LRN";
    case 17:
      return "Pooling";
    default:
      return "";
  }
}

void add_layer_field(
    const WireField& field, const CaffeLayerFields& fields, CaffeLayer& layer) {
  if (field.is(fields.name, WireKind::bytes)) {
    layer.name = field.bytes;
  } else if (field.is(fields.blobs, WireKind::bytes)) {
    if (layer.blobs.size() == kMostLayerBlobs) {
      throw WeightError(fmt::format(
          "its layer {} has more than {} blobs",
          in_quotes(layer.name),
          kMostLayerBlobs));
    }
    layer.blobs.push_back(field.bytes);
  } else if (field.is(fields.preparation, WireKind::bytes)) {
    layer.preparation = field.bytes;
  }
}

bool is_transposed(std::string_view inner_product) {
  bool transposed = false;
  WireMessage parameters(inner_product, "the parameters of an inner product");
  for (WireField field; parameters.next(field);) {
    if (field.is(kTranspose, WireKind::varint)) {
      transposed = field.value != 0;
    }
  }
  return transposed;
}

std::string float_text(const WireField& field) {
  float value = 0;
  std::memcpy(&value, field.bytes.data(), sizeof value);
  return fmt::format("{}", value);
}

}  // namespace

CaffeLayer read_caffe_layer(std::string_view message) {
  CaffeLayer layer;
  WireMessage fields(message, "a layer");
  for (WireField field; fields.next(field);) {
    add_layer_field(field, kLayerFields, layer);
    if (field.is(kLayerFields.type, WireKind::bytes)) {
      layer.type = field.bytes;
    } else if (field.is(kInnerProductParam, WireKind::bytes)) {
      layer.transposed = is_transposed(field.bytes);
    }
  }
  return layer;
}

CaffeLayer read_old_caffe_layer(std::string_view message) {
  CaffeLayer layer;
  WireMessage fields(message, "a layer");
  for (WireField field; fields.next(field);) {
    if (field.is(kOldestLayer, WireKind::bytes)) {
      throw WeightError(
          "its layers are those of Caffe's first version (V0); want V1 or "
          "newer: Caffe's tools/upgrade_net_proto_binary OLD NEW writes them "
          "anew");
    }
    add_layer_field(field, kOldLayerFields, layer);
    if (field.is(kOldLayerFields.type, WireKind::varint)) {
      layer.type = old_type_name(field.value);
    }
  }
  return layer;
}

std::map<std::string, std::string> read_caffe_preparation(
    std::string_view message) {
  std::map<std::string, std::string> facts;
  WireMessage fields(message, "the preparation of pictures");
  for (WireField field; fields.next(field);) {
    if (field.is(1, WireKind::fixed32)) {
      facts["scale"] = float_text(field);
    } else if (field.is(3, WireKind::varint)) {
      facts["crop_size"] = std::to_string(field.value);
    } else if (field.is(4, WireKind::bytes)) {
      facts["mean_file"] = field.bytes;
    } else if (field.is(5, WireKind::fixed32)) {
      std::string& values = facts["mean_value"];
      values += (values.empty() ? "" : ", ") + float_text(field);
    }
  }
  return facts;
}

}  // namespace convoy
