#pragma once
// From Caffe's layers to tensors named and shaped as networks here have them.

#include <string_view>

#include "nets/weights/caffe_layer.h"
#include "nets/weights/weights.h"

namespace convoy {

/// Collects the tensors of layers by the rules of caffemodel.h, and notes of
/// what they changed.
class CaffeTensors {
 public:
  explicit CaffeTensors(ChannelOrder order) : order_(order) {}

  /// The next layer of the file, which must live on. Throws WeightError.
  void add(const CaffeLayer& layer);

  /// All but the format. Throws WeightError when there was no tensor.
  Weights take(std::string_view net_name);

 private:
  void add_blob(const CaffeLayer& layer, std::size_t index);
  void note_first_weight(const CaffeLayer& layer, NamedTensor& first);
  at::Tensor plain_shape(
      at::Tensor values, const CaffeLayer& layer, std::size_t index);
  void order_channels(NamedTensor& first);
  void note_changes();

  ChannelOrder order_;
  Weights weights_;
  bool is_ordered_ = false;  ///< the first weight of several sizes was met
  bool renamed_ = false;
  bool pooled_ = false;
  bool normalised_after_pooling_ = false;
  int flat_weights_ = 0;
  int flat_biases_ = 0;
  int transposed_ = 0;
};

}  // namespace convoy
