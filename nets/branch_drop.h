#pragma once
// Stochastic depth of residual networks: G. Huang et al., "Deep networks with
// stochastic depth", ECCV 2016: the probability of leaving a block's branch out
// grows in equal steps, up to that of the last block.

#include "nets/layers/dropout.h"
#include "nets/net.h"

namespace convoy {

/// Of one block's branch.
struct BranchDrop {
  double probability = 0;
  int random_layer = 0;

  /// y [N, ...], what the branch gave, for some samples zero, in training.
  at::Tensor operator()(const at::Tensor& y, const Pass& pass) const {
    return stochastic_depth(y, probability, pass, random_layer);
  }
};

/// Those of a network's blocks, one after the other. Of networks that were
/// published without: 0 unless NetOptions asks for it.
class BranchDrops {
 public:
  BranchDrops(Build& b, int blocks)
      : build_(b), last_(b.options.stochastic_depth_or(0)), blocks_(blocks) {}

  BranchDrop next() {
    return {last_ * ++index_ / blocks_, build_.next_random_layer()};
  }

 private:
  Build& build_;
  double last_;
  int blocks_;
  int index_ = 0;
};

}  // namespace convoy
