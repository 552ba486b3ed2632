#pragma once
// Caffe's layers in a .caffemodel: LayerParameter and its predecessor
// V1LayerParameter (caffe.proto).

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace convoy {

/// What is read of a layer. Texts and blobs are windows on the file.
struct CaffeLayer {
  std::string_view name;
  /// As new files write it, such as "InnerProduct". Of old files' enum only
  /// those that matter here have a name; the others have none.
  std::string_view type;
  std::vector<std::string_view> blobs;  ///< BlobProto messages
  /// Of InnerProduct: the weight is stored input by output.
  bool transposed = false;
  // Of a data layer.
  std::string_view preparation;  ///< a TransformationParameter
  /// What said so before: a DataParameter, ImageDataParameter or
  /// WindowDataParameter.
  std::string_view old_preparation;
};

/// A LayerParameter. Throws WeightError when it is damaged or has more than a
/// hundred blobs.
CaffeLayer read_caffe_layer(std::string_view message);

/// A V1LayerParameter. Throws WeightError when it holds its own predecessor
/// (V0LayerParameter) too.
CaffeLayer read_old_caffe_layer(std::string_view message);

/// What a data layer says of how pictures were prepared, under the names of
/// TransformationParameter: scale, crop_size, mean_file, mean_value. Throws
/// WeightError.
std::map<std::string, std::string> read_caffe_preparation(
    const CaffeLayer& layer);

}  // namespace convoy
