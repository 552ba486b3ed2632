#pragma once
// The nine inception modules of GoogLeNet: Szegedy et al., "Going deeper with
// convolutions", CVPR 2015, table 1. torchvision's network and Caffe's share
// them.

#include <array>
#include <string_view>

namespace convoy {

/// Output channels of the convolutions of one module; its four branches are
/// joined in this order.
struct InceptionModule {
  std::string_view name;
  int one;           ///< the 1x1 branch
  int three_reduce;  ///< the 1x1 convolution before
  int three;         ///< the 3x3 branch
  int five_reduce;   ///< the 1x1 convolution before
  int five;          ///< the 5x5 branch
  int pool;          ///< the branch of a pooling and a 1x1 convolution
  bool auxiliary_head = false;  ///< one reads this module's result
  bool pooling = false;         ///< follows

  constexpr int out() const { return one + three + five + pool; }
};

/// Channels that the first module gets.
inline constexpr int kInceptionInput = 192;

inline constexpr std::array<InceptionModule, 9> kInceptionModules{{
    {"3a", 64, 96, 128, 16, 32, 32},
    {"3b", 128, 128, 192, 32, 96, 64, false, true},
    {"4a", 192, 96, 208, 16, 48, 64, true},
    {"4b", 160, 112, 224, 24, 64, 64},
    {"4c", 128, 128, 256, 24, 64, 64},
    {"4d", 112, 144, 288, 32, 64, 64, true},
    {"4e", 256, 160, 320, 32, 128, 128, false, true},
    {"5a", 256, 160, 320, 32, 128, 128},
    {"5b", 384, 192, 384, 48, 128, 128},
}};

}  // namespace convoy
