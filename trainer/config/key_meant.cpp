#include "trainer/config/key_meant.h"

#include <array>
#include <string_view>
#include <utility>

#include "trainer/config/nearest.h"
#include "trainer/config/write.h"

namespace convoy {
namespace {

/// What Caffe's solvers, DIGITS and PyTorch scripts call ours.
constexpr std::array<std::pair<std::string_view, std::string_view>, 44>
    kElsewhere{{
        {"amp", "precision"},
        {"arch", "net.name"},
        {"architecture", "net.name"},
        {"base_lr", "optimizer.lr"},
        {"batch_size", "batch.global"},
        {"crop_size", "augment.crop_px"},
        {"degrees", "augment.rotate_degrees"},
        {"drop_last", "data.tail"},
        {"dropout_ratio", "net.dropout"},
        {"dtype", "precision"},
        {"flip", "augment.flip_horizontal"},
        {"gpu", "run.device"},
        {"hflip", "augment.flip_horizontal"},
        {"horizontal_flip", "augment.flip_horizontal"},
        {"image_size", "augment.crop_px"},
        {"iter_size", "batch.micro"},
        {"label_smooth", "loss.label_smoothing"},
        {"learning_rate", "optimizer.lr"},
        {"lr_policy", "schedule.name"},
        {"lr_scheduler", "schedule.name"},
        {"max_epochs", "run.epochs"},
        {"max_iter", "run.iterations"},
        {"max_steps", "run.iterations"},
        {"mean_values", "normalize.mean_value"},
        {"mirror", "augment.flip_horizontal"},
        {"mixed_precision", "precision"},
        {"model", "net.name"},
        {"network", "net.name"},
        {"num_classes", "net.classes"},
        {"num_epochs", "run.epochs"},
        {"num_workers", "data.workers"},
        {"output_dir", "run.dir"},
        {"pretrained", "net.weights"},
        {"random_seed", "run.seed"},
        {"resize", "eval.resize_px"},
        {"rotation", "augment.rotate_degrees"},
        {"save_dir", "run.dir"},
        {"scheduler", "schedule.name"},
        {"snapshot", "run.checkpoint_every_steps"},
        {"solver_mode", "run.device"},
        {"steps", "run.iterations"},
        {"test_interval", "run.evaluate_every_epochs"},
        {"validation", "data.val"},
        {"wd", "optimizer.weight_decay"},
    }};

std::string called_elsewhere(const std::string& leaf) {
  for (const auto& [theirs, ours] : kElsewhere) {
    if (leaf == theirs) {
      return std::string(ours);
    }
  }
  return "";
}

std::string leaf_of(const std::string& key) {
  return key.substr(key.rfind('.') + 1);
}

/// The only key of the config with this last part.
std::string only_key_named(const std::string& leaf) {
  std::string only;
  for (const auto& [key, value] : flatten(Config{})) {
    if (leaf_of(key) == leaf) {
      if (!only.empty()) {
        return "";
      }
      only = key;
    }
  }
  return only;
}

}  // namespace

std::string key_meant(
    const std::string& path, const std::vector<std::string>& known) {
  const std::string leaf = leaf_of(path);
  if (const std::string ours = called_elsewhere(leaf); !ours.empty()) {
    return ours;
  }
  if (const std::string only = only_key_named(leaf); !only.empty()) {
    return only;
  }
  if (const std::string near = nearest(leaf, known); !near.empty()) {
    return path.substr(0, path.size() - leaf.size()) + near;
  }
  std::vector<std::string> elsewhere;
  for (const auto& [theirs, ours] : kElsewhere) {
    elsewhere.emplace_back(theirs);
  }
  return called_elsewhere(nearest(leaf, elsewhere));
}

}  // namespace convoy
