// Rules of the sections run, data, augment, eval and normalize.

#include "trainer/config/problems.h"

namespace convoy {
namespace {

void check_augment(const Config& c, Problems& p) {
  const AugmentOptions& a = c.augment;
  for (const auto& [key, range] :
       {std::pair{"augment.scale", a.scale},
        {"augment.ratio", a.ratio},
        {"augment.erase.scale", a.erase.scale},
        {"augment.erase.ratio", a.erase.ratio}}) {
    p.require(
        range[0] <= range[1],
        {key},
        "[{}]; want [least, most] with least <= most",
        fmt::join(range, ", "));
  }
  p.require(
      a.lighting_stddev == 0 || c.data.channels == 3,
      {"augment.lighting_stddev", "data.channels"},
      "lighting noise moves along the axes of RGB, and there is {} channel; "
      "want lighting_stddev: 0",
      c.data.channels);
  // In Caffe's style a pixel's own deviation is 50 or so.
  p.require(
      a.erase.probability == 0 || a.erase.fill == EraseFill::mean ||
          c.normalize.style == PixelStyle::torchvision,
      {"augment.erase.fill", "normalize.style"},
      "random numbers of deviation 1 look like pixels in style: torchvision "
      "alone; want fill: mean");
}

}  // namespace

void check_run(const RunOptions& run, Problems& p) {
  p.require(
      (run.epochs > 0) != (run.iterations > 0),
      {"run.epochs", "run.iterations"},
      "{} and {}; set exactly one above 0",
      run.epochs,
      run.iterations);
  p.require(
      !run.dir.empty(), {"run.dir"}, "nothing; want a folder to write to");
  p.require(
      run.baseline.empty() || path_exists(run.baseline),
      {"run.baseline"},
      "there is no {}; `convoy scaling` writes one",
      absolute_path(run.baseline));
}

void check_data(const Config& c, Problems& p) {
  p.require(
      !c.data.train.empty(),
      {"data.train"},
      "nothing; want an LMDB folder (convoy import makes one)");
  for (const auto& [key, path] :
       {std::pair{"data.train", c.data.train}, {"data.val", c.data.val}}) {
    p.require(
        path.empty() || path_exists(path),
        {key},
        "there is no {}; convoy import makes a database",
        absolute_path(path));
  }
  p.require(
      c.data.channels != 2,
      {"data.channels"},
      "2; want 3 (colour) or 1 (gray)");
  p.require(
      c.data.sampling == Sampling::shuffle ||
          c.loss.class_weights == ClassWeights::none,
      {"data.sampling", "loss.class_weights"},
      "both make rare classes count more; want one of them");
  check_augment(c, p);
}

void check_patience(const Config& c, Problems& p) {
  p.require(
      c.run.best_by == BestBy::top1 || !c.data.val.empty(),
      {"run.best_by", "data.val"},
      "which evaluation is the best wants data.val");
  p.require(
      c.run.patience_epochs == 0 || !c.data.val.empty(),
      {"run.patience_epochs", "data.val"},
      "waiting for a better evaluation wants data.val");
  p.require(
      c.run.patience_epochs == 0 || c.run.evaluate_every_epochs > 0,
      {"run.patience_epochs", "run.evaluate_every_epochs"},
      "0 evaluates at the end only, and nothing is to be waited for; want 1 or "
      "more");
}

void check_eval(const EvalOptions& eval, Problems& p) {
  p.require(
      eval.resize_px == 0 || eval.crop_px <= eval.resize_px,
      {"eval.crop_px", "eval.resize_px"},
      "{} does not fit into {}; want crop_px <= resize_px",
      eval.crop_px,
      eval.resize_px);
}

void check_normalize(const Config& c, Problems& p) {
  const NormalizeOptions& n = c.normalize;
  if (n.style == PixelStyle::torchvision) {
    for (const auto& [key, values] :
         {std::pair{"normalize.mean", n.mean}, {"normalize.std", n.std}}) {
      p.require(
          values.size() == 1 || values.size() == 3,
          {key},
          "{} numbers; want one for each colour (three), or one for all",
          values.size());
    }
    p.require(
        n.mean_file.empty() && n.mean_value.empty(),
        {"normalize.mean_file", "normalize.mean_value", "normalize.style"},
        "mean_file and mean_value belong to style: caffe, and the style is "
        "torchvision");
    return;
  }
  p.require(
      n.mean_file.empty() || n.mean_value.empty(),
      {"normalize.mean_file", "normalize.mean_value"},
      "both are set; want one, as "
      "in Caffe");
  p.require(
      n.mean_file.empty() || path_exists(n.mean_file),
      {"normalize.mean_file"},
      "there is no {}; convoy dataset mean writes one",
      absolute_path(n.mean_file));
  p.require(
      n.mean_value.size() <= 1 || n.mean_value.size() == 3,
      {"normalize.mean_value"},
      "{} numbers; want one for each colour (three, in "
      "the order BGR), or one for all",
      n.mean_value.size());
  // A mean of each place means nothing once places have moved.
  p.require(
      n.mean_file.empty() ||
          (c.augment.crop != Crop::random_resized &&
           c.augment.rotate_degrees == 0 && c.augment.translate_fraction == 0 &&
           c.augment.policy == AugmentPolicy::none),
      {"normalize.mean_file",
       "augment.crop",
       "augment.rotate_degrees",
       "augment.translate_fraction",
       "augment.policy"},
      "a mean file can't be subtracted from pictures that "
      "are scaled, turned or shifted; want augment.crop: random, center or "
      "none, augment.rotate_degrees: 0, augment.translate_fraction: 0 and "
      "augment.policy: none, or normalize.mean_value");
}

}  // namespace convoy
