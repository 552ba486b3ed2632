#pragma once
// Keys of the sections data, augment, eval and normalize (see fields.h).

#include <concepts>
#include <type_traits>

#include "data/options.h"
#include "trainer/config/number_range.h"

namespace convoy {

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, DataOptions>
void for_each_field(O& o, V&& visit) {
  visit("train", o.train, "LMDB folder to train from");
  visit("val", o.val, "LMDB folder to evaluate on; null: no evaluation");
  visit(
      "workers",
      o.workers,
      "loader threads per rank; 0: this rank's share of the CPUs",
      between(0, 1024));
  visit(
      "prefetch_batches",
      o.prefetch_batches,
      "batches prepared ahead per rank; bounds the loader's memory",
      between(1, 1024));
  visit(
      "channels",
      o.channels,
      "input channels: 3 (colour) or 1 (gray)",
      between(1, 3));
  visit(
      "on_bad_sample",
      o.on_bad_sample,
      "a damaged record: `stop` the run, or `skip` it (another sample takes "
      "its place; counted and listed)");
  visit(
      "tail",
      o.tail,
      "samples left over at the end of an epoch: `wrap` fills the last global "
      "batch with the epoch's first samples, `drop` leaves them out");
  visit(
      "sampling",
      o.sampling,
      "`shuffle`: an epoch shows each sample once; `balanced`: it is as long "
      "and shows as many of each class, so that rare classes repeat theirs "
      "with other draws and frequent ones go on where the last epoch ended. "
      "Every label is read when the run starts");
  visit(
      "repeat_augment",
      o.repeat_augment,
      "repeated augmentation: each picture of an epoch comes this many times, "
      "with other draws each time, and the epoch, as long as ever, shows 1 in "
      "so many; 1: off",
      between(1, 64));
  visit(
      "verify_checksums",
      o.verify_checksums,
      "check each record's checksum when it is read");
}

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, JitterOptions>
void for_each_field(O& o, V&& visit) {
  visit(
      "brightness",
      o.brightness,
      "factor drawn from [1 - x, 1 + x]",
      between(0, 1));
  visit(
      "contrast",
      o.contrast,
      "factor drawn from [1 - x, 1 + x]",
      between(0, 1));
  visit(
      "saturation",
      o.saturation,
      "factor drawn from [1 - x, 1 + x]",
      between(0, 1));
  visit(
      "hue",
      o.hue,
      "turn drawn from [-x, x] of the colour circle",
      between(0, 0.5));
}

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, RandOptions>
void for_each_field(O& o, V&& visit) {
  visit(
      "operations",
      o.operations,
      "rand: operations on each picture",
      between(1, 16));
  visit("magnitude", o.magnitude, "rand: their strength", between(0, 30));
}

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, EraseOptions>
void for_each_field(O& o, V&& visit) {
  visit(
      "probability",
      o.probability,
      "of erasing a box of the picture",
      between(0, 1));
  visit("scale", o.scale, "box area over picture area", between(0.0001, 1));
  visit("ratio", o.ratio, "box height over width", between(0.01, 100));
  visit(
      "fill",
      o.fill,
      "`mean`: 0 after normalisation; `random`: normal numbers of deviation 1");
}

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, AugmentOptions>
void for_each_field(O& o, V&& visit) {
  visit(
      "crop",
      o.crop,
      "`random_resized`: a random box resized to crop_px; `random`: crop_px of "
      "the picture as stored (Caffe's); `center`: its middle; `none`: the "
      "whole picture resized");
  visit(
      "crop_px",
      o.crop_px,
      "side of the training input, pixels; when not set, what the network was "
      "made for (`convoy nets`)",
      between(1, 4096));
  visit(
      "scale",
      o.scale,
      "random_resized: box area over picture area",
      between(0.0001, 1));
  visit(
      "ratio",
      o.ratio,
      "random_resized: box width over height",
      between(0.01, 100));
  visit("flip_horizontal", o.flip_horizontal, "probability", between(0, 1));
  visit("flip_vertical", o.flip_vertical, "probability", between(0, 1));
  visit(
      "rotate_degrees",
      o.rotate_degrees,
      "angle drawn from [-x, x]",
      between(0, 180));
  visit(
      "translate_fraction",
      o.translate_fraction,
      "shift drawn from [-x, x] of the side, both ways",
      between(0, 1));
  visit("jitter", o.jitter, "colour jitter");
  visit(
      "noise_stddev",
      o.noise_stddev,
      "Gaussian noise; 1 is the full range of a pixel",
      between(0, 1));
  visit(
      "lighting_stddev",
      o.lighting_stddev,
      "AlexNet's lighting noise: deviation of the shifts along the principal "
      "axes of ImageNet's colours (0.1 in the paper)",
      between(0, 10));
  visit(
      "policy",
      o.policy,
      "`trivial_wide`: one of torchvision's operations, of any strength; "
      "`rand`: several of one strength; `none`");
  visit("rand", o.rand, "RandAugment");
  visit("erase", o.erase, "random erasing");
  visit(
      "mixup_alpha",
      o.mixup_alpha,
      "blends each picture with another of the training data, their shares "
      "drawn from Beta(x, x); 0: off. Each sample then costs two decodings, "
      "and training's Acc@1 counts the label with the larger share. With "
      "cutmix_alpha: one of the two, with even chances",
      between(0, 1000));
  visit(
      "cutmix_alpha",
      o.cutmix_alpha,
      "puts a box of another picture of the training data into each, of an "
      "area drawn from Beta(x, x); 0: off",
      between(0, 1000));
}

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, EvalOptions>
void for_each_field(O& o, V&& visit) {
  visit(
      "resize_px",
      o.resize_px,
      "short side after resizing, pixels; 0: as stored; when not set, in "
      "proportion to crop_px as where the network's accuracy was published",
      between(0, 8192));
  visit(
      "crop_px",
      o.crop_px,
      "side of the centre crop, pixels; when not set, augment.crop_px",
      between(1, 4096));
  visit(
      "block",
      o.block,
      "samples per forward pass; fixed, so that figures do not depend on the "
      "number of ranks",
      between(1, 4096));
}

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, NormalizeOptions>
void for_each_field(O& o, V&& visit) {
  visit(
      "style",
      o.style,
      "`torchvision`: RGB, (value / 255 - mean) / std; `caffe`: BGR, (value - "
      "mean) * scale");
  visit(
      "mean",
      o.mean,
      "torchvision: per channel, 0..1; the network's own when neither it nor "
      "std is set: ImageNet's, of the _caffe networks 123, 117 and 104 over "
      "255",
      between(-10, 10));
  visit(
      "std",
      o.std,
      "torchvision: per channel, 0..1; the network's own likewise: of the "
      "_caffe networks 1 / 255",
      above(0));
  visit(
      "mean_value",
      o.mean_value,
      "caffe: per channel (BGR) or one for all, 0..255",
      between(-1000, 1000));
  visit(
      "mean_file",
      o.mean_file,
      "caffe: a .binaryproto of the stored pictures' size");
  visit("scale", o.scale, "caffe: factor after the mean", above(0));
}

}  // namespace convoy
