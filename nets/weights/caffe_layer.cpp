#include "nets/weights/caffe_layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "nets/weights/protobuf.h"

namespace convoy {
namespace {

constexpr std::size_t kMostLayerBlobs = 100;

/// Where a message says how pictures were prepared.
struct PreparationFields {
  std::uint32_t scale;
  std::uint32_t mean_file;
  std::uint32_t crop_size;
};

/// The fields of a layer in one generation of caffe.proto.
struct CaffeLayerFields {
  std::uint32_t name;
  std::uint32_t type;
  std::uint32_t blobs;
  std::uint32_t preparation;  ///< transform_param
  /// data_param, image_data_param and window_data_param, which said the same
  /// before there was a transform_param.
  std::array<std::uint32_t, 3> old_preparation;
};

constexpr CaffeLayerFields kLayerFields{1, 2, 7, 100, {107, 115, 129}};
constexpr CaffeLayerFields kOldLayerFields{4, 5, 6, 36, {11, 15, 20}};
// scale, mean_file and crop_size: in transform_param, and in the older ones.
constexpr PreparationFields kPreparation{1, 4, 3};
constexpr PreparationFields kOldPreparation{2, 3, 5};
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
    case 39:
      return "Deconvolution";
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
  } else if (
      field.kind == WireKind::bytes &&
      std::find(
          fields.old_preparation.begin(),
          fields.old_preparation.end(),
          field.number) != fields.old_preparation.end()) {
    layer.old_preparation = field.bytes;
  }
}

/// As it was, where the message does not say.
bool is_transposed(std::string_view inner_product, bool transposed) {
  WireMessage parameters(inner_product, "the parameters of an inner product");
  for (WireField field; parameters.next(field);) {
    if (field.is(kTranspose, WireKind::varint)) {
      transposed = field.value != 0;
    }
  }
  return transposed;
}

std::string float_text(std::string_view bytes) {
  float value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return fmt::format("{}", value);
}

/// One value, or several that are packed.
void add_mean_values(std::string_view bytes, std::string& text) {
  if (bytes.size() % sizeof(float) != 0) {
    throw WeightError("mean_value is cut short");
  }
  for (; !bytes.empty(); bytes.remove_prefix(sizeof(float))) {
    text += (text.empty() ? "" : ", ") + float_text(bytes);
  }
}

std::map<std::string, std::string> read_preparation(
    std::string_view message, const PreparationFields& numbers, bool values) {
  constexpr std::uint32_t kMeanValue = 5;  // of transform_param alone
  std::map<std::string, std::string> facts;
  WireMessage fields(message, "the preparation of pictures");
  for (WireField field; fields.next(field);) {
    if (field.is(numbers.scale, WireKind::fixed32)) {
      facts["scale"] = float_text(field.bytes);
    } else if (field.is(numbers.crop_size, WireKind::varint)) {
      facts["crop_size"] = std::to_string(field.value);
    } else if (field.is(numbers.mean_file, WireKind::bytes)) {
      facts["mean_file"] = field.bytes;
    } else if (
        values && field.number == kMeanValue &&
        field.kind != WireKind::varint) {
      add_mean_values(field.bytes, facts["mean_value"]);
    }
  }
  return facts;
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
      layer.transposed = is_transposed(field.bytes, layer.transposed);
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
    const CaffeLayer& layer) {
  return layer.preparation.empty()
             ? read_preparation(layer.old_preparation, kOldPreparation, false)
             : read_preparation(layer.preparation, kPreparation, true);
}

}  // namespace convoy
