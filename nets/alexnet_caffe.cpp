// AlexNet as Caffe has it (bvlc_alexnet): Krizhevsky et al., "ImageNet
// classification with deep convolutional neural networks", NIPS 2012, with its
// two groups of channels and its local response normalisation. Parameters are
// named as the layers in Caffe's train_val.prototxt, so that the blobs of a
// layer of a .caffemodel are its `weight` and `bias`; initial values are those
// of its fillers. The input is RGB, where a .caffemodel's conv1 wants BGR
// (weights/caffemodel.h turns it), and of the range 0..255.
// Caffe's own sizes are fixed at 227 px (224 px give the same maps); other
// inputs are averaged to the 6 x 6 that fc6 reads.

#include <ATen/ops/flatten.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>

#include "nets/layers/average_pool.h"
#include "nets/layers/conv.h"
#include "nets/layers/dropout.h"
#include "nets/layers/init.h"
#include "nets/layers/linear.h"
#include "nets/layers/lrn.h"
#include "nets/registry.h"

namespace convoy {
namespace {

/// A layer with weights from N(0, deviation) and a constant bias.
template <class L>
std::shared_ptr<L> gaussian(
    std::shared_ptr<L> layer, double deviation, double bias, at::Generator& g) {
  init_normal(layer->weight(), 0, deviation, g);
  layer->bias().detach().fill_(bias);
  return layer;
}

class CaffeAlexNet final : public TwoPartNet {
 public:
  explicit CaffeAlexNet(Build& b)
      : conv1_(conv("conv1", {b.options.channels, 96, 11, 4}, 0, b)),
        conv2_(conv("conv2", {96, 256, 5, 1, 2, /*groups=*/2}, 0.1, b)),
        conv3_(conv("conv3", {256, 384, 3, 1, 1}, 0, b)),
        conv4_(conv("conv4", {384, 384, 3, 1, 1, /*groups=*/2}, 0.1, b)),
        conv5_(conv("conv5", {384, 256, 3, 1, 1, /*groups=*/2}, 0.1, b)),
        fc6_(linear("fc6", 256 * 6 * 6, 4096, b)),
        drop6_(b.options.dropout_or(0.5), b.next_random_layer()),
        fc7_(linear("fc7", 4096, 4096, b)),
        drop7_(b.options.dropout_or(0.5), b.next_random_layer()),
        fc8_(child(
            "fc8",
            gaussian(
                std::make_shared<Linear>(4096, b.options.classes, b.generator),
                0.01,
                0,
                b.generator))) {}

  at::Tensor features(
      const at::Tensor& images, const Pass& pass) const override {
    at::Tensor x = maps(images, pass);
    if (x.size(2) != 6 || x.size(3) != 6) {
      x = average_to(x, 6);
    }
    return at::relu(fc6_->forward(at::flatten(x, 1), pass));
  }

  at::Tensor classify(
      const at::Tensor& features, const Pass& pass) const override {
    const at::Tensor x =
        at::relu(fc7_->forward(drop6_.forward(features, pass), pass));
    return fc8_->forward(drop7_.forward(x, pass), pass);
  }

 private:
  at::Tensor maps(const at::Tensor& images, const Pass& pass) const {
    at::Tensor x = at::relu(conv1_->forward(images, pass));
    x = pool(local_response_norm(x));
    x = at::relu(conv2_->forward(x, pass));
    x = pool(local_response_norm(x));
    x = at::relu(conv3_->forward(x, pass));
    x = at::relu(conv4_->forward(x, pass));
    return pool(at::relu(conv5_->forward(x, pass)));
  }

  static at::Tensor pool(const at::Tensor& x) {
    return at::max_pool2d(
        x, {3, 3}, {2, 2}, {0, 0}, {1, 1}, /*ceil_mode=*/true);
  }

  std::shared_ptr<Conv2d> conv(
      const char* name, ConvOptions options, double bias, Build& b) {
    options.bias = true;
    auto layer = std::make_shared<Conv2d>(options, b.generator);
    return child(name, gaussian(layer, 0.01, bias, b.generator));
  }
  std::shared_ptr<Linear> linear(const char* name, int in, int out, Build& b) {
    auto layer = std::make_shared<Linear>(in, out, b.generator);
    return child(name, gaussian(layer, 0.005, 0.1, b.generator));
  }

  std::shared_ptr<Conv2d> conv1_, conv2_, conv3_, conv4_, conv5_;
  std::shared_ptr<Linear> fc6_;
  Dropout drop6_;
  std::shared_ptr<Linear> fc7_;
  Dropout drop7_;
  std::shared_ptr<Linear> fc8_;
};

}  // namespace

std::vector<NetEntry> alexnet_caffe_family() {
  const NetFacts facts{
      .name = "alexnet_caffe",
      .input_px = 227,
      .minimum_px = 39,
      .head = "fc8.",
      .pixels = kCaffePixels,
      .layers = 8,
      .parameters = 60965224,
      .macs = 724406816,
      .top1 = 57.1,
      .top5 = 80.2,
      .source = "Caffe, bvlc_alexnet"};
  return {
      {facts, [](const NetOptions& o) { return build_net<CaffeAlexNet>(o); }}};
}

}  // namespace convoy
