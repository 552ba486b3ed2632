#pragma once
// What can be chosen about data: sections `data`, `augment`, `eval` and
// `normalize` of a config. Every field has its default, its unit and why.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace convoy {

/// What the loader does with a record that is damaged or can't be decoded.
enum class OnBadSample { stop, skip };
constexpr std::array<std::string_view, 2> names(OnBadSample) {
  return {"stop", "skip"};
}

/// What becomes of the samples left at the end of an epoch that do not fill a
/// global batch: `wrap` fills it up with the epoch's first samples, so that
/// each sample is seen at least once; `drop` leaves them out this time.
enum class Tail { wrap, drop };
constexpr std::array<std::string_view, 2> names(Tail) {
  return {"wrap", "drop"};
}

/// Which samples make an epoch, which is as long as the dataset either way.
/// `shuffle`: each once. `balanced`: as many of each class; a class takes turns
/// among its samples, from one epoch to the next, so that a rare class repeats
/// them and a frequent one shows a part.
enum class Sampling { shuffle, balanced };
constexpr std::array<std::string_view, 2> names(Sampling) {
  return {"shuffle", "balanced"};
}

/// How training crops. `random_resized`: a random box of `scale` x area and
/// `ratio`, resized to crop_px. `random`: a random crop_px square of the
/// picture as stored (Caffe's). `center`: the middle crop_px square. `none`:
/// the whole picture, resized to crop_px.
enum class Crop { random_resized, random, center, none };
constexpr std::array<std::string_view, 4> names(Crop) {
  return {"random_resized", "random", "center", "none"};
}

/// How pixels become network input. `torchvision`: RGB, (value / 255 - mean) /
/// std. `caffe`: BGR, (value - mean_value or mean_file) * scale.
enum class PixelStyle { torchvision, caffe };
constexpr std::array<std::string_view, 2> names(PixelStyle) {
  return {"torchvision", "caffe"};
}

/// Random changes to the cropped bytes. `trivial_wide`: one operation of any
/// strength (TrivialAugment, Müller and Hutter, ICCV 2021, its wide space).
/// `rand`: several of one strength (RandAugment, Cubuk et al., 2020).
enum class AugmentPolicy { none, trivial_wide, rand };
constexpr std::array<std::string_view, 3> names(AugmentPolicy) {
  return {"none", "trivial_wide", "rand"};
}

/// What an erased box holds: the mean, which normalisation has made 0, or
/// independent normal numbers of deviation 1.
enum class EraseFill { mean, random };
constexpr std::array<std::string_view, 2> names(EraseFill) {
  return {"mean", "random"};
}

struct DataOptions {
  std::string train;  ///< LMDB folder to train from
  std::string val;    ///< LMDB folder to evaluate on; empty = no evaluation
  int workers =
      0;  ///< loader threads per rank; 0 = this rank's share of the CPUs
  int prefetch_batches =
      3;  ///< ring of reused slots per rank: the loader's memory bound
  int channels = 3;  ///< network input channels: 3 (colour) or 1 (gray)
  OnBadSample on_bad_sample = OnBadSample::stop;
  Tail tail = Tail::wrap;
  Sampling sampling = Sampling::shuffle;
  /// Repeated augmentation (Hoffer et al., CVPR 2020): an epoch shows 1 in so
  /// many samples, each so many times with draws of its own; 1: off.
  int repeat_augment = 1;
  bool verify_checksums =
      true;  ///< check each record's checksum when it is read
};

struct JitterOptions {
  double brightness = 0;  ///< factor drawn from [1 - x, 1 + x]
  double contrast = 0;    ///< factor drawn from [1 - x, 1 + x]
  double saturation = 0;  ///< factor drawn from [1 - x, 1 + x]
  double hue = 0;  ///< turn drawn from [-x, x] of the colour circle, x <= 0.5

  bool operator==(const JitterOptions&) const = default;
};

struct RandOptions {
  int operations = 2;  ///< one after the other
  int magnitude = 9;   ///< 0 to 30: the operations' strength

  bool operator==(const RandOptions&) const = default;
};

/// Random erasing (Zhong et al., 2017): a box of the finished picture.
struct EraseOptions {
  double probability = 0;
  std::array<double, 2> scale{0.02, 0.33};  ///< box area over picture area
  std::array<double, 2> ratio{0.3, 3.3};    ///< box height over width
  EraseFill fill = EraseFill::mean;

  bool operator==(const EraseOptions&) const = default;
};

struct AugmentOptions {
  Crop crop = Crop::random_resized;
  int crop_px = 224;                             ///< side of the training input
  std::array<double, 2> scale{0.08, 1.0};        ///< box area over picture area
  std::array<double, 2> ratio{0.75, 4.0 / 3.0};  ///< box width over height
  double flip_horizontal = 0.5;                  ///< probability
  double flip_vertical = 0.0;                    ///< probability
  double rotate_degrees = 0;      ///< angle drawn from [-x, x] degrees
  double translate_fraction = 0;  ///< shift drawn from [-x, x] of the side
  JitterOptions jitter;
  double lighting_stddev = 0;  ///< of the shifts along ImageNet's colour axes
  double noise_stddev = 0;     ///< Gaussian, in units of the full range 0..1
  AugmentPolicy policy = AugmentPolicy::none;
  RandOptions rand;
  EraseOptions erase;
  /// Shares of two pictures are drawn from Beta(alpha, alpha); 0: not mixed.
  /// When both are set, each sample takes one of them, with even chances.
  double mixup_alpha = 0;   ///< blends two pictures (Zhang et al., 2018)
  double cutmix_alpha = 0;  ///< a box of another one (Yun et al., 2019)

  bool operator==(const AugmentOptions&) const = default;
};

struct EvalOptions {
  int resize_px = 256;  ///< short side after resizing; 0 = as stored
  int crop_px = 224;    ///< centre crop: side of the evaluation input
  int block = 32;  ///< samples per forward pass: fixed, so that figures do not
                   ///< depend on the number of ranks
};

struct NormalizeOptions {
  PixelStyle style = PixelStyle::torchvision;
  std::vector<double> mean{
      0.485, 0.456, 0.406};  ///< torchvision: per channel, RGB, 0..1
  std::vector<double> std{
      0.229, 0.224, 0.225};        ///< torchvision: per channel, RGB, 0..1
  std::vector<double> mean_value;  ///< caffe: per channel (BGR) or one, 0..255
  std::string mean_file;  ///< caffe: a .binaryproto of the pictures' size
  double scale = 1.0;     ///< caffe: applied after the mean
};

}  // namespace convoy
