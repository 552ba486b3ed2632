#include "nets/weights/caffemodel.h"

#include <algorithm>
#include <array>
#include <set>

#include "nets/weights/caffe_tensors.h"
#include "nets/weights/protobuf.h"

namespace convoy {
namespace {

constexpr const char* kCaffeFile = "the caffemodel";

// Fields of NetParameter.
constexpr std::uint32_t kCaffeNetName = 1;
constexpr std::uint32_t kOldCaffeLayers = 2;
constexpr std::uint32_t kCaffeLayers = 100;

bool is_any_caffe_layer(const WireField& field) {
  return field.is(kCaffeLayers, WireKind::bytes) ||
         field.is(kOldCaffeLayers, WireKind::bytes);
}

/// What else may stand before the layers: name, input, input_dim (packed or
/// not), force_backward, state, debug_info, input_shape.
bool precedes_caffe_layers(const WireField& field) {
  constexpr std::array<std::uint32_t, 5> kTexts{1, 3, 4, 6, 8};
  constexpr std::array<std::uint32_t, 3> kNumbers{4, 5, 7};
  const auto among = [&](const auto& numbers) {
    return std::find(numbers.begin(), numbers.end(), field.number) !=
           numbers.end();
  };
  return (field.kind == WireKind::bytes && among(kTexts)) ||
         (field.kind == WireKind::varint && among(kNumbers));
}

}  // namespace

bool is_caffemodel(std::string_view file) {
  try {
    WireMessage net(file, kCaffeFile);
    for (WireField field; net.next(field);) {
      if (is_any_caffe_layer(field)) {
        return true;
      }
      if (!precedes_caffe_layers(field)) {
        return false;
      }
    }
  } catch (const WeightError&) {
    // Other bytes.
  }
  return false;
}

Weights read_caffemodel(std::string_view file, ChannelOrder order) {
  CaffeTensors tensors(order);
  std::string_view name;
  std::set<std::uint32_t> generations;
  WireMessage net(file, kCaffeFile);
  for (WireField field; net.next(field);) {
    if (field.is(kCaffeNetName, WireKind::bytes)) {
      name = field.bytes;
    } else if (is_any_caffe_layer(field)) {
      generations.insert(field.number);
      tensors.add(
          field.number == kCaffeLayers ? read_caffe_layer(field.bytes)
                                       : read_old_caffe_layer(field.bytes));
    }
    if (generations.size() > 1) {
      throw WeightError(
          "it has layers of both generations (layer and layers); want one");
    }
  }
  Weights weights = tensors.take(name);
  weights.format = generations.contains(kCaffeLayers)
                       ? "caffemodel"
                       : "caffemodel (V1 layers)";
  return weights;
}

}  // namespace convoy
