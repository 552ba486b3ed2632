#pragma once
// The modules of Inception v3 (Szegedy et al. 2016, figures 5 to 7 and 10), of
// which torchvision has five kinds: branches side by side whose results are
// joined.

#include <ATen/core/Generator.h>

#include <memory>
#include <string>
#include <vector>

#include "nets/inception_parts.h"
#include "nets/layers/conv.h"

namespace convoy {

/// Deviation of the initial weights of every convolution.
inline constexpr double kInceptionV3Deviation = 0.1;

/// A convolution that keeps the size of its maps, or does not pad when its
/// stride is 2.
struct MixedConv {
  int out;
  Extent kernel = 1;
  int stride = 1;
};

/// The 3x3 pooling that a branch begins with.
enum class MixedPool {
  none,
  average,  ///< of stride 1
  max       ///< of stride 2
};

struct MixedBranch {
  std::string name;  ///< of the convolution; with _1, _2 ... if there are more
  std::vector<MixedConv> row;        ///< one after the other
  std::vector<MixedConv> fork = {};  ///< then these beside each other
  MixedPool pool = MixedPool::none;
};

using MixedPlan = std::vector<MixedBranch>;

/// torchvision's InceptionA to InceptionE.
MixedPlan mixed_a(int pooled);
MixedPlan mixed_b();
MixedPlan mixed_c(int narrow);
MixedPlan mixed_d();
MixedPlan mixed_e();

class MixedModule final : public Layer {
 public:
  MixedModule(int in, const MixedPlan& plan, at::Generator& generator);

  /// [N, in, H, W] → [N, out(), H', W'].
  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override;

  int out() const { return out_; }

 private:
  using Convs = std::vector<std::shared_ptr<BasicConv2d>>;
  struct Branch {
    MixedPool pool;
    Convs row;
    Convs fork;
  };

  Branch make_branch(int in, const MixedBranch& plan, at::Generator& generator);

  std::vector<Branch> branches_;
  int out_ = 0;
};

}  // namespace convoy
