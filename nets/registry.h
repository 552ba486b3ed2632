#pragma once
// The networks that convoy knows, by name.

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nets/net.h"

namespace convoy {

/// How pictures in RGB, 0..1, become a network's input: (value - mean) /
/// deviation. By default ImageNet's, as torchvision's networks have it.
struct PixelFacts {
  std::array<double, 3> mean{0.485, 0.456, 0.406};
  std::array<double, 3> deviation{0.229, 0.224, 0.225};
};

/// Caffe's networks: values of 0..255 less the mean_value of bvlc_googlenet
/// (104, 117, 123 in its BGR), not scaled.
inline constexpr PixelFacts kCaffePixels{
    {123.0 / 255, 117.0 / 255, 104.0 / 255}, {1.0 / 255, 1.0 / 255, 1.0 / 255}};

/// What is known of a network without building it. Counts are for 1000 classes,
/// 3 channels and input_px.
struct NetFacts {
  std::string_view name;
  int input_px = 224;     ///< what it was designed for
  int minimum_px = 1;     ///< smaller inputs vanish before the head
  std::string_view head;  ///< parameter prefix that depends on the classes
  /// The same of each auxiliary head, in the order of Logits::auxiliary.
  std::vector<std::string_view> auxiliary_heads = {};
  bool batch_norm = false;
  bool stochastic_depth = false;  ///< follows NetOptions::stochastic_depth
  double auxiliary_weight = 0;    ///< of each auxiliary head's loss in training
  /// The published weights demand NetOptions::transform_input.
  bool transform_input = false;
  int resize_px = 256;  ///< short side before the centre crop of input_px, as
                        ///< the published accuracy was measured
  PixelFacts pixels = {};
  int layers = 0;  ///< convolutions and linear layers, auxiliary heads' too
  std::int64_t parameters = 0;
  std::int64_t macs = 0;    ///< multiply-accumulates per image, forward
  double top1 = 0;          ///< published accuracy, percent; on ImageNet unless
                            ///< `source` names another set
  double top5 = 0;          ///< 0: not published
  std::string_view source;  ///< of the accuracy
};

/// Whether the tensor `name` depends on the classes: it lies in the head or in
/// an auxiliary one.
bool is_head(const NetFacts& facts, std::string_view name);

/// Whether the tensor `name` is of an auxiliary classifier: of its head or of
/// the layers that lead there alone. torchvision's googlenet and inception_v3
/// write state dicts with and without them.
bool is_auxiliary(const NetFacts& facts, std::string_view name);

/// A number that a config may set for a network of one's own, as
/// extensions.NAME.KEY; its value comes in NetOptions::values.
struct NetKey {
  std::string name;
  double value = 0;  ///< where no config sets it
  double least = -std::numeric_limits<double>::infinity();  ///< included
  double most = std::numeric_limits<double>::infinity();    ///< included
  std::string help = {};
};

struct NetEntry {
  NetFacts facts;
  std::function<std::unique_ptr<Net>(const NetOptions&)> build;
  std::vector<NetKey> keys = {};
};

/// All networks, in the order in which they are listed.
const std::vector<NetEntry>& registered_nets();

/// Adds a network of one's own, before any is looked up and before any thread
/// is started; from then on the list is read only. The texts of its facts
/// outlive it; counts that it leaves at 0 are counted where they are shown. Its
/// `build` gets a value for each of its keys. Throws std::invalid_argument when
/// its name is taken, it can't be built or its facts lack the head.
void register_net(NetEntry entry);

/// The names of all of them.
std::vector<std::string> net_names();

/// The entry named `name`; null when there is none.
const NetEntry* try_find_net(const std::string& name);

/// The entry named `name`. Throws std::invalid_argument with all known names.
const NetEntry& find_net(const std::string& name);

/// Builds a Net of type N from a Build and further arguments, for tables of
/// entries.
template <class N, class... Args>
std::unique_ptr<Net> build_net(const NetOptions& options, Args&&... args) {
  Build build(options);
  return std::make_unique<N>(build, std::forward<Args>(args)...);
}

/// The families, each in the file of its name.
std::vector<NetEntry> alexnet_family();
std::vector<NetEntry> resnet_family();
std::vector<NetEntry> vgg_family();
std::vector<NetEntry> squeezenet_family();
std::vector<NetEntry> mobilenet_v2_family();
std::vector<NetEntry> mobilenet_v3_family();
std::vector<NetEntry> efficientnet_family();
std::vector<NetEntry> convnext_family();
std::vector<NetEntry> cifar_resnet_family();
std::vector<NetEntry> googlenet_family();
std::vector<NetEntry> inception_v3_family();
std::vector<NetEntry> alexnet_caffe_family();
std::vector<NetEntry> googlenet_caffe_family();

}  // namespace convoy
