#pragma once
// A mean picture, as Caffe subtracts it.

#include <vector>

namespace convoy {

/// Planar values in Caffe's channel order (BGR, or gray), rows from the top, in
/// the range of the pixels (0 to 255).
struct MeanImage {
  int channels = 0;
  int height = 0;
  int width = 0;
  std::vector<float> values;
};

}  // namespace convoy
