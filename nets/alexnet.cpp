// AlexNet in its one-tower form: Krizhevsky, "One weird trick for parallelizing
// convolutional neural networks", arXiv 1404.5997; names as torchvision's.

#include <ATen/ops/flatten.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>

#include "nets/layers/average_pool.h"
#include "nets/layers/conv.h"
#include "nets/layers/dropout.h"
#include "nets/layers/init.h"
#include "nets/layers/linear.h"
#include "nets/registry.h"

namespace convoy {
namespace {

/// Numbered as torchvision's Sequential, where the layers between have no
/// parameters.
class AlexNetFeatures : public Layer {
 public:
  AlexNetFeatures(int channels, at::Generator& g)
      : conv0_(make<Conv2d>("0", conv(channels, 64, 11, 4, 2), g)),
        conv3_(make<Conv2d>("3", conv(64, 192, 5, 1, 2), g)),
        conv6_(make<Conv2d>("6", conv(192, 384, 3, 1, 1), g)),
        conv8_(make<Conv2d>("8", conv(384, 256, 3, 1, 1), g)),
        conv10_(make<Conv2d>("10", conv(256, 256, 3, 1, 1), g)) {}

  at::Tensor forward(const at::Tensor& in, const Pass& pass) const override {
    at::Tensor x = pool(at::relu(conv0_->forward(in, pass)));
    x = pool(at::relu(conv3_->forward(x, pass)));
    x = at::relu(conv6_->forward(x, pass));
    x = at::relu(conv8_->forward(x, pass));
    return pool(at::relu(conv10_->forward(x, pass)));
  }

 private:
  static ConvOptions conv(int in, int out, int kernel, int stride, int pad) {
    return {in, out, kernel, stride, pad, /*groups=*/1, /*bias=*/true};
  }
  static at::Tensor pool(const at::Tensor& x) {
    return at::max_pool2d(x, {3, 3}, {2, 2});
  }

  std::shared_ptr<Conv2d> conv0_, conv3_, conv6_, conv8_, conv10_;
};

class AlexNetClassifier : public Layer {
 public:
  explicit AlexNetClassifier(Build& b)
      : dropout_(b.options.dropout_or(0.5)),
        linear1_(make<Linear>("1", 256 * 6 * 6, 4096, b.generator)),
        linear4_(make<Linear>("4", 4096, 4096, b.generator)),
        linear6_(make<Linear>("6", 4096, b.options.classes, b.generator)) {}

  at::Tensor forward(const at::Tensor& in, const Pass& pass) const override {
    at::Tensor x = dropout(in, dropout_, pass, /*layer=*/0);
    x = at::relu(linear1_->forward(x, pass));
    x = dropout(x, dropout_, pass, /*layer=*/1);
    x = at::relu(linear4_->forward(x, pass));
    return linear6_->forward(x, pass);
  }

 private:
  double dropout_;
  std::shared_ptr<Linear> linear1_, linear4_, linear6_;
};

class AlexNet final : public TwoPartNet {
 public:
  explicit AlexNet(Build& b)
      : features_(
            make<AlexNetFeatures>("features", b.options.channels, b.generator)),
        classifier_(make<AlexNetClassifier>("classifier", b)) {}

  at::Tensor features(
      const at::Tensor& images, const Pass& pass) const override {
    const at::Tensor x = features_->forward(images, pass);
    return at::flatten(average_to(x, 6), 1);
  }

  at::Tensor classify(
      const at::Tensor& features, const Pass& pass) const override {
    return classifier_->forward(features, pass);
  }

 private:
  std::shared_ptr<AlexNetFeatures> features_;
  std::shared_ptr<AlexNetClassifier> classifier_;
};

}  // namespace

std::vector<NetEntry> alexnet_family() {
  const NetFacts facts{
      .name = "alexnet",
      .input_px = 224,
      .minimum_px = 63,
      .head = "classifier.6.",
      .layers = 8,
      .parameters = 61100840,
      .macs = 714188480,
      .top1 = 56.522,
      .top5 = 79.066,
      .source = "torchvision, IMAGENET1K_V1"};
  return {{facts, [](const NetOptions& o) { return build_net<AlexNet>(o); }}};
}

}  // namespace convoy
