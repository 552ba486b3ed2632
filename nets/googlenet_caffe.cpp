// GoogLeNet as Caffe has it (bvlc_googlenet): Szegedy et al., "Going deeper
// with convolutions", CVPR 2015, without batch norm, with local response
// normalisation. In training its two further losses give logits too.
//
// Names: a parameter is named as its layer in Caffe's train_val.prototxt with
// the slash replaced by a dot, then `weight` or `bias` for the layer's first
// and second blob. "inception_3a/5x5_reduce" is inception_3a.5x5_reduce.weight
// and .bias. No name of that network's layers has a dot, so this maps back.
// Order and initial values (fillers) are Caffe's as well. The input is RGB,
// where a .caffemodel's conv1/7x7_s2 wants BGR (weights/caffemodel.h turns it),
// and of the range 0..255.
//
// Caffe's own sizes are fixed at 224 px. At others the averages before the
// classifiers are over windows that give the sizes that these read.

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/flatten.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>
#include <fmt/format.h>

#include <vector>

#include "nets/inception_modules.h"
#include "nets/layers/average_pool.h"
#include "nets/layers/conv_norm.h"
#include "nets/layers/dropout.h"
#include "nets/layers/init.h"
#include "nets/layers/linear.h"
#include "nets/layers/lrn.h"
#include "nets/registry.h"

namespace convoy {
namespace {

std::shared_ptr<Conv2d> xavier_conv(ConvOptions options, at::Generator& g) {
  options.bias = true;
  auto layer = std::make_shared<Conv2d>(options, g);
  init_caffe_xavier(layer->weight(), g);
  layer->bias().detach().fill_(0.2);
  return layer;
}

std::shared_ptr<Linear> xavier_linear(
    int in, int out, double bias, at::Generator& g) {
  auto layer = std::make_shared<Linear>(in, out, g);
  init_caffe_xavier(layer->weight(), g);
  layer->bias().detach().fill_(bias);
  return layer;
}

at::Tensor caffe_pool(const at::Tensor& x) {
  return at::max_pool2d(x, {3, 3}, {2, 2}, {0, 0}, {1, 1}, /*ceil_mode=*/true);
}

at::Tensor caffe_lrn(const at::Tensor& x) {
  return local_response_norm(x);
}

at::Tensor flat(const at::Tensor& x) {
  return at::flatten(x, 1);
}

class CaffeInception final : public Layer {
 public:
  CaffeInception(int in, const InceptionModule& m, at::Generator& g)
      : one_(conv("1x1", {in, m.one, 1}, g)),
        three_reduce_(conv("3x3_reduce", {in, m.three_reduce, 1}, g)),
        three_(conv("3x3", {m.three_reduce, m.three, 3, 1, 1}, g)),
        five_reduce_(conv("5x5_reduce", {in, m.five_reduce, 1}, g)),
        five_(conv("5x5", {m.five_reduce, m.five, 5, 1, 2}, g)),
        pool_proj_(conv("pool_proj", {in, m.pool, 1}, g)) {}

  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override {
    const at::Tensor pooled = at::max_pool2d(x, {3, 3}, {1, 1}, {1, 1});
    const at::Tensor three = at::relu(three_reduce_->forward(x, pass));
    const at::Tensor five = at::relu(five_reduce_->forward(x, pass));
    return at::cat(
        {at::relu(one_->forward(x, pass)),
         at::relu(three_->forward(three, pass)),
         at::relu(five_->forward(five, pass)),
         at::relu(pool_proj_->forward(pooled, pass))},
        1);
  }

 private:
  std::shared_ptr<Conv2d> conv(
      const char* name, const ConvOptions& options, at::Generator& g) {
    return child(name, xavier_conv(options, g));
  }

  std::shared_ptr<Conv2d> one_, three_reduce_, three_, five_reduce_, five_,
      pool_proj_;
};

std::shared_ptr<Sequential> caffe_conv1(Build& b) {
  auto row = std::make_shared<Sequential>();
  row->append(
      "7x7_s2", xavier_conv({b.options.channels, 64, 7, 2, 3}, b.generator));
  row->then(activation::relu);
  row->then(caffe_pool);
  row->then(caffe_lrn);
  return row;
}

std::shared_ptr<Sequential> caffe_conv2(at::Generator& g) {
  auto row = std::make_shared<Sequential>();
  row->append("3x3_reduce", xavier_conv({64, 64, 1}, g));
  row->then(activation::relu);
  row->append("3x3", xavier_conv({64, kInceptionInput, 3, 1, 1}, g));
  row->then(activation::relu);
  row->then(caffe_lrn);
  row->then(caffe_pool);
  return row;
}

/// To 4 x 4: from 14 x 14, as from 224 px, with windows of 5 x 5.
at::Tensor auxiliary_pool(const at::Tensor& x) {
  const bool own_size = x.size(2) == 14 && x.size(3) == 14;
  return own_size ? at::avg_pool2d(x, {5, 5}, {3, 3}) : average_to(x, 4);
}

std::shared_ptr<Sequential> caffe_auxiliary(int in, Build& b) {
  auto row = std::make_shared<Sequential>();
  row->then(auxiliary_pool);
  row->append("conv", xavier_conv({in, 128, 1}, b.generator));
  row->then(activation::relu);
  row->then(flat);
  row->append("fc", xavier_linear(128 * 4 * 4, 1024, 0.2, b.generator));
  row->then(activation::relu);
  row->add<Dropout>(b.options.dropout_or(0.7), b.next_random_layer());
  row->append(
      "classifier", xavier_linear(1024, b.options.classes, 0, b.generator));
  return row;
}

std::shared_ptr<Sequential> caffe_classifier(int in, Build& b) {
  auto row = std::make_shared<Sequential>();
  row->then([](const at::Tensor& x) {
    return flat(at::adaptive_avg_pool2d(x, {1, 1}));
  });
  row->add<Dropout>(b.options.dropout_or(0.4), b.next_random_layer());
  row->append(
      "classifier", xavier_linear(in, b.options.classes, 0, b.generator));
  return row;
}

class CaffeGoogLeNet final : public Net {
 public:
  explicit CaffeGoogLeNet(Build& b)
      : conv1_(child("conv1", caffe_conv1(b))),
        conv2_(child("conv2", caffe_conv2(b.generator))) {
    int channels = kInceptionInput;
    for (const InceptionModule& m : kInceptionModules) {
      modules_.push_back(make<CaffeInception>(
          fmt::format("inception_{}", m.name), channels, m, b.generator));
      channels = m.out();
      if (m.auxiliary_head) {
        losses_.push_back(child(
            fmt::format("loss{}", losses_.size() + 1),
            caffe_auxiliary(channels, b)));
      }
    }
    classifier_ = child("loss3", caffe_classifier(channels, b));
  }

  Logits logits(const at::Tensor& images, const Pass& pass) const override {
    Logits all;
    at::Tensor x = conv2_->forward(conv1_->forward(images, pass), pass);
    for (std::size_t i = 0; i < modules_.size(); ++i) {
      const InceptionModule& m = kInceptionModules[i];
      x = modules_[i]->forward(x, pass);
      if (m.auxiliary_head && pass.training) {
        const auto& head = losses_[all.auxiliary.size()];
        all.auxiliary.push_back(head->forward(x, pass));
      }
      if (m.pooling) {
        x = caffe_pool(x);
      }
    }
    all.main = classifier_->forward(x, pass);
    return all;
  }

 private:
  std::shared_ptr<Sequential> conv1_, conv2_, classifier_;
  std::vector<std::shared_ptr<CaffeInception>> modules_;
  std::vector<std::shared_ptr<Sequential>> losses_;
};

}  // namespace

std::vector<NetEntry> googlenet_caffe_family() {
  const NetFacts facts{
      .name = "googlenet_caffe",
      .input_px = 224,
      .minimum_px = 31,
      .head = "loss3.classifier.",
      .auxiliary_heads = {"loss1.classifier.", "loss2.classifier."},
      .auxiliary_weight = 0.3,
      .pixels = kCaffePixels,
      .layers = 64,
      .parameters = 13378280,
      .macs = 1582671872,
      .top1 = 68.7,
      .top5 = 88.9,
      .source = "Caffe, bvlc_googlenet"};
  return {{facts, [](const NetOptions& o) {
             return build_net<CaffeGoogLeNet>(o);
           }}};
}

}  // namespace convoy
