#pragma once
// Caffe's BlobProto (caffe.proto): a tensor in a .caffemodel.

#include <ATen/core/Tensor.h>

#include <string_view>

namespace convoy {

/// The values of a blob, row-major, float32 or (from double_data) float64, in
/// memory of its own. The shape is that of the four old fields where one of
/// them is there (num, channels, height, width), else that of `shape`, as Caffe
/// reads it; values may be packed or not. Gradients (diff) are not read. Throws
/// WeightError when the message is damaged or values and shape do not agree.
at::Tensor read_caffe_blob(std::string_view message);

}  // namespace convoy
