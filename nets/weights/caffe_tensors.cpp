#include "nets/weights/caffe_tensors.h"

#include <ATen/ops/flip.h>
#include <fmt/format.h>

#include <algorithm>

#include "nets/weights/caffe_blob.h"
#include "nets/weights/limits.h"

namespace convoy {
namespace {

constexpr const char* kInnerProduct = "InnerProduct";
constexpr const char* kConvolution = "Convolution";
constexpr const char* kDeconvolution = "Deconvolution";
constexpr const char* kScale = "Scale";

/// Of other types blobs mean something else: BatchNorm's are a mean, a variance
/// and a count.
bool has_weight_and_bias(const CaffeLayer& layer) {
  return layer.type == kConvolution || layer.type == kInnerProduct ||
         layer.type == kDeconvolution || layer.type == kScale;
}

std::string caffe_tensor_name(const CaffeLayer& layer, std::size_t blob) {
  std::string name(layer.name);
  std::replace(name.begin(), name.end(), '/', '.');
  if (blob < 2 && has_weight_and_bias(layer)) {
    return name + (blob == 0 ? ".weight" : ".bias");
  }
  return fmt::format("{}.blob{}", name, blob);
}

/// Whether a shape is of 4 sizes of which at least `ones` leading ones are 1.
bool is_padded(const at::Tensor& values, std::ptrdiff_t ones) {
  const at::IntArrayRef sizes = values.sizes();
  return sizes.size() == 4 &&
         std::all_of(sizes.begin(), sizes.begin() + ones, [](auto size) {
           return size == 1;
         });
}

}  // namespace

void CaffeTensors::add(const CaffeLayer& layer) {
  if (layer.name == "pool1" && layer.type == "Pooling") {
    pooled_ = true;
  } else if (layer.name == "norm1" && layer.type == "LRN") {
    normalised_after_pooling_ = pooled_;
  }
  if (weights_.metadata.empty()) {
    weights_.metadata = read_caffe_preparation(layer);
  }
  if (layer.blobs.empty()) {
    return;
  }
  if (layer.name.empty()) {
    throw WeightError("a layer with blobs has no name");
  }
  if (layer.name.size() > kMostTensorNameBytes) {  // copied for every blob
    throw WeightError(fmt::format(
        "the name of a layer, {}, has {} bytes; want at most {}",
        in_quotes(layer.name),
        layer.name.size(),
        kMostTensorNameBytes));
  }
  renamed_ = renamed_ || layer.name.find('/') != std::string_view::npos;
  const std::size_t before = weights_.tensors.size();
  for (std::size_t i = 0; i < layer.blobs.size(); ++i) {
    add_blob(layer, i);
  }
  if (!is_ordered_) {
    note_first_weight(layer, weights_.tensors[before]);
  }
}

/// What comes before the first convolution, such as a BatchNorm of pictures,
/// has a value for each channel in Caffe's order.
void CaffeTensors::note_first_weight(
    const CaffeLayer& layer, NamedTensor& first) {
  const bool is_convolution =
      layer.type == kConvolution && first.tensor.dim() == 4;
  if (!is_convolution && first.tensor.dim() < 2) {
    weights_.notes.push_back(
        first.name +
        ": it comes before the first convolution; its order of channels stays "
        "(Caffe's is BGR)");
    return;
  }
  is_ordered_ = true;
  if (is_convolution) {
    order_channels(first);
  } else {
    weights_.notes.push_back(
        first.name +
        ": the first layer with weights is no convolution; the order of "
        "channels stays (Caffe's is BGR)");
  }
}

void CaffeTensors::add_blob(const CaffeLayer& layer, std::size_t index) {
  if (weights_.tensors.size() == kMostTensors) {
    throw WeightError(
        fmt::format("it holds more than {} tensors", kMostTensors));
  }
  const std::string name = caffe_tensor_name(layer, index);
  try {
    const at::Tensor values = read_caffe_blob(layer.blobs[index]);
    weights_.tensors.push_back({name, plain_shape(values, layer, index)});
  } catch (const WeightError& e) {
    throw WeightError(
        fmt::format("its tensor {} {}", in_quotes(name), e.what()));
  }
}

/// The values in the shape that an old or a transposed one means.
at::Tensor CaffeTensors::plain_shape(
    at::Tensor values, const CaffeLayer& layer, std::size_t index) {
  const bool product = layer.type == kInnerProduct;
  if (product && index == 0 && is_padded(values, 2)) {
    ++flat_weights_;
    values = values.view({values.size(2), values.size(3)});
  }
  if ((product || layer.type == kConvolution) && index == 1 &&
      is_padded(values, 3)) {
    ++flat_biases_;
    values = values.view({values.size(3)});
  }
  if (layer.transposed && index == 0 && values.dim() == 2) {
    ++transposed_;
    values = values.t().contiguous();
  }
  return values;
}

void CaffeTensors::order_channels(NamedTensor& first) {
  std::string what;
  if (first.tensor.size(1) != 3) {
    what = fmt::format(
        "{} input channel{}, no order to turn",
        first.tensor.size(1),
        first.tensor.size(1) == 1 ? "" : "s");
  } else if (order_ == ChannelOrder::bgr) {
    what = "its 3 input channels stay BGR, as the pictures will be";
  } else {
    first.tensor = at::flip(first.tensor, {1});
    what = "its 3 input channels were turned from BGR to RGB";
  }
  weights_.notes.push_back(first.name + ": " + what);
}

Weights CaffeTensors::take(std::string_view net_name) {
  if (weights_.tensors.empty()) {
    throw WeightError(
        "none of its layers has weights: it describes a network and holds "
        "none");
  }
  if (!net_name.empty()) {
    weights_.metadata["net"] = net_name;
  }
  note_changes();
  return std::move(weights_);
}

void CaffeTensors::note_changes() {
  std::vector<std::string>& notes = weights_.notes;
  if (renamed_) {
    notes.emplace_back("names: each / became a dot");
  }
  if (flat_weights_ + flat_biases_ > 0) {
    notes.push_back(fmt::format(
        "old shapes: {} weights of 1 x 1 x N x K became N x K, {} biases of 1 "
        "x 1 x 1 x N became N",
        flat_weights_,
        flat_biases_));
  }
  if (transposed_ > 0) {
    notes.push_back(
        fmt::format("{} transposed weights were turned back", transposed_));
  }
  if (normalised_after_pooling_) {
    // CaffeNet has the very tensors of AlexNet and computes something else.
    notes.emplace_back(
        "norm1 comes after pool1, as in CaffeNet (bvlc_reference_caffenet): "
        "alexnet_caffe takes these tensors but normalises first, so they are "
        "less accurate there until they are fine-tuned");
  }
}

}  // namespace convoy
