// Two convolutions and a linear layer.

#include <ATen/ops/mean.h>
#include <convoy/nets/layers/conv_norm.h>
#include <convoy/nets/layers/linear.h>
#include <convoy/nets/registry.h>

namespace {

class SmallNet final : public convoy::TwoPartNet {
 public:
  explicit SmallNet(convoy::Build& b)
      : width_(static_cast<int>(b.options.values.at("width"))),
        conv1_(conv("conv1", b.options.channels, width_, b)),
        conv2_(conv("conv2", width_, 2 * width_, b)),
        fc_(make<convoy::Linear>(
            "fc", 2 * width_, b.options.classes, b.generator)) {}

  at::Tensor features(
      const at::Tensor& images, const convoy::Pass& pass) const override {
    const at::Tensor x = conv2_->forward(conv1_->forward(images, pass), pass);
    return at::mean(x, {2, 3});
  }

  at::Tensor classify(
      const at::Tensor& features, const convoy::Pass& pass) const override {
    return fc_->forward(features, pass);
  }

 private:
  // Convolution, batch norm, ReLU; half the height and width.
  std::shared_ptr<convoy::ConvNorm> conv(
      const char* name, int in, int out, convoy::Build& b) {
    const convoy::ConvNormOptions options{
        .conv = {.in = in, .out = out, .kernel = 3, .stride = 2, .padding = 1}};
    return make<convoy::ConvNorm>(name, options, b.generator);
  }

  int width_;
  std::shared_ptr<convoy::ConvNorm> conv1_, conv2_;
  std::shared_ptr<convoy::Linear> fc_;
};

}  // namespace

convoy::NetEntry small_net() {
  const convoy::NetFacts facts{
      .name = "small_net",
      .input_px = 32,
      .head = "fc.",
      .batch_norm = true,
      .resize_px = 32,
      .source = "not published"};
  const convoy::NetKey width{
      .name = "width",
      .value = 16,
      .least = 1,
      .most = 1024,
      .help = "channels of the first layer, half of the second's"};
  const auto build = [](const convoy::NetOptions& options) {
    return convoy::build_net<SmallNet>(options);
  };
  return {.facts = facts, .build = build, .keys = {width}};
}
