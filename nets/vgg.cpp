// VGG: Simonyan and Zisserman, "Very deep convolutional networks for
// large-scale image recognition", ICLR 2015 (configurations A, B, D and E, with
// and without batch norm); names as torchvision's.

#include <ATen/ops/flatten.h>
#include <ATen/ops/max_pool2d.h>

#include <array>

#include "nets/layers/average_pool.h"
#include "nets/layers/conv_norm.h"
#include "nets/layers/dropout.h"
#include "nets/layers/linear.h"
#include "nets/registry.h"

namespace convoy {
namespace {

/// Convolutions before each of the five poolings.
using VggDepths = std::array<int, 5>;

class Vgg final : public TwoPartNet {
 public:
  Vgg(Build& b, const VggDepths& depths, bool norm)
      : features_(make<Sequential>("features")),
        classifier_(std::make_shared<Sequential>()) {
    add_features(b, depths, norm);
    add_classifier(b);
  }

  at::Tensor features(
      const at::Tensor& images, const Pass& pass) const override {
    const at::Tensor x = features_->forward(images, pass);
    return at::flatten(average_to(x, 7), 1);
  }

  at::Tensor classify(
      const at::Tensor& features, const Pass& pass) const override {
    return classifier_->forward(features, pass);
  }

 private:
  void add_features(Build& b, const VggDepths& depths, bool norm) {
    constexpr std::array<int, 5> kWidths{64, 128, 256, 512, 512};
    int in = b.options.channels;
    for (std::size_t stage = 0; stage < depths.size(); ++stage) {
      for (int i = 0; i < depths[stage]; ++i) {
        const int out = kWidths[stage];
        const auto conv = features_->add<Conv2d>(
            ConvOptions{in, out, 3, 1, 1, 1, /*bias=*/true}, b.generator);
        init_kaiming_fan_out(conv->weight(), b.generator);
        conv->bias().detach().zero_();
        if (norm) {
          features_->add<BatchNorm2d>(out);
        }
        features_->then(activation::relu);
        in = out;
      }
      features_->then([](const at::Tensor& x) {
        return at::max_pool2d(x, {2, 2}, {2, 2});
      });
    }
  }

  void add_classifier(Build& b) {
    constexpr int kHidden = 4096;
    const double p = b.options.dropout_or(0.5);
    for (const int in : {512 * 7 * 7, kHidden}) {
      classifier_->append(thin_linear(in, kHidden, b.generator));
      classifier_->then(activation::relu);
      classifier_->add<Dropout>(p, b.next_random_layer());
    }
    classifier_->append(thin_linear(kHidden, b.options.classes, b.generator));
    child("classifier", classifier_);
  }

  std::shared_ptr<Sequential> features_;
  std::shared_ptr<Sequential> classifier_;
};

struct PublishedVgg {
  std::string_view name;
  int layers;
  std::int64_t parameters;
  std::int64_t macs;
  double top1;
  double top5;
};

NetEntry vgg_entry(const PublishedVgg& p, const VggDepths& depths, bool norm) {
  return {
      {.name = p.name,
       .input_px = 224,
       .minimum_px = 32,
       .head = "classifier.6.",
       .batch_norm = norm,
       .layers = p.layers,
       .parameters = p.parameters,
       .macs = p.macs,
       .top1 = p.top1,
       .top5 = p.top5,
       .source = "torchvision, IMAGENET1K_V1"},
      [=](const NetOptions& options) {
        return build_net<Vgg>(options, depths, norm);
      }};
}

}  // namespace

std::vector<NetEntry> vgg_family() {
  constexpr VggDepths a{1, 1, 2, 2, 2};
  constexpr VggDepths b{2, 2, 2, 2, 2};
  constexpr VggDepths d{2, 2, 3, 3, 3};
  constexpr VggDepths e{2, 2, 4, 4, 4};
  return {
      vgg_entry({"vgg11", 11, 132863336, 7609090048, 69.020, 88.628}, a, false),
      vgg_entry(
          {"vgg11_bn", 11, 132868840, 7609090048, 70.370, 89.810}, a, true),
      vgg_entry(
          {"vgg13", 13, 133047848, 11308466176, 69.928, 89.246}, b, false),
      vgg_entry(
          {"vgg13_bn", 13, 133053736, 11308466176, 71.586, 90.374}, b, true),
      vgg_entry(
          {"vgg16", 16, 138357544, 15470264320, 71.592, 90.382}, d, false),
      vgg_entry(
          {"vgg16_bn", 16, 138365992, 15470264320, 73.360, 91.516}, d, true),
      vgg_entry(
          {"vgg19", 19, 143667240, 19632062464, 72.376, 90.876}, e, false),
      vgg_entry(
          {"vgg19_bn", 19, 143678248, 19632062464, 74.218, 91.842}, e, true),
  };
}

}  // namespace convoy
