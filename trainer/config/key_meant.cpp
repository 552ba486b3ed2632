#include "trainer/config/key_meant.h"

#include <array>
#include <string_view>

#include "trainer/config/nearest.h"
#include "trainer/config/write.h"

namespace convoy {
namespace {

/// What Caffe's solvers, DIGITS and PyTorch scripts call ours.
struct Synonym {
  std::string_view theirs;
  std::string_view ours;
  std::string_view section = "";  ///< where it means that; empty: anywhere
};

constexpr std::array kKeys{
    Synonym{"amp", "precision"},
    Synonym{"arch", "net.name"},
    Synonym{"architecture", "net.name"},
    Synonym{"auto_augment", "augment.policy"},
    Synonym{"base_lr", "optimizer.lr"},
    Synonym{"batch_size", "eval.block", "eval"},
    Synonym{"batch_size", "batch.global"},
    Synonym{"crop", "eval.crop_px", "eval"},
    Synonym{"crop_size", "eval.crop_px", "eval"},
    Synonym{"crop_size", "augment.crop_px"},
    Synonym{"cutmix", "augment.cutmix_alpha"},
    Synonym{"cutout", "augment.erase.probability"},
    Synonym{"degrees", "augment.rotate_degrees"},
    Synonym{"drop_last", "data.tail"},
    Synonym{"dropout_ratio", "net.dropout"},
    Synonym{"dtype", "precision"},
    Synonym{"flip", "augment.flip_horizontal"},
    Synonym{"gpu", "run.device"},
    Synonym{"hflip", "augment.flip_horizontal"},
    Synonym{"horizontal_flip", "augment.flip_horizontal"},
    Synonym{"image_size", "augment.crop_px"},
    Synonym{"learning_rate", "optimizer.lr"},
    Synonym{"lr_policy", "schedule.name"},
    Synonym{"lr_scheduler", "schedule.name"},
    Synonym{"max_epochs", "run.epochs"},
    Synonym{"max_iter", "run.iterations"},
    Synonym{"max_steps", "run.iterations"},
    Synonym{"mean_values", "normalize.mean_value"},
    Synonym{"mirror", "augment.flip_horizontal"},
    Synonym{"mixed_precision", "precision"},
    Synonym{"mixup", "augment.mixup_alpha"},
    Synonym{"model", "net.name"},
    Synonym{"network", "net.name"},
    Synonym{"num_classes", "net.classes"},
    Synonym{"num_epochs", "run.epochs"},
    Synonym{"num_workers", "data.workers"},
    Synonym{"output_dir", "run.dir"},
    Synonym{"pretrained", "net.weights"},
    Synonym{"ra_reps", "data.repeat_augment"},
    Synonym{"rand_augment", "augment.policy"},
    Synonym{"random_erase", "augment.erase.probability"},
    Synonym{"random_seed", "run.seed"},
    Synonym{"resize", "eval.resize_px"},
    Synonym{"rotation", "augment.rotate_degrees"},
    Synonym{"save_dir", "run.dir"},
    Synonym{"sampler", "data.sampling"},
    Synonym{"scheduler", "schedule.name"},
    Synonym{"size", "batch.global", "batch"},
    Synonym{"snapshot", "run.checkpoint_every_steps"},
    Synonym{"snapshot_prefix", "run.dir"},
    Synonym{"solver_mode", "run.device"},
    Synonym{"step", "schedule.every", "schedule"},
    Synonym{"step_size", "schedule.every"},
    Synonym{"steps", "schedule.milestones", "schedule"},
    Synonym{"steps", "run.iterations"},
    Synonym{"stepsize", "schedule.every"},
    Synonym{"stepvalue", "schedule.milestones"},
    Synonym{"type", "net.name", "net"},
    Synonym{"type", "optimizer.name", "optimizer"},
    Synonym{"type", "schedule.name", "schedule"},
    Synonym{"validation", "data.val"},
    Synonym{"wd", "optimizer.weight_decay"},
};

constexpr std::array kSections{
    Synonym{"augmentation", "augment"},
    Synonym{"dataset", "data"},
    Synonym{"evaluation", "eval"},
    Synonym{"lr_scheduler", "schedule"},
    Synonym{"model", "net"},
    Synonym{"network", "net"},
    Synonym{"scheduler", "schedule"},
    Synonym{"solver", "optimizer"},
    Synonym{"training", "run"},
    Synonym{"transform", "augment"},
};

/// Slips of the pen in shorter words make too many other words.
constexpr std::size_t kLongWord = 6;

template <std::size_t N>
std::string_view called_elsewhere(
    const std::array<Synonym, N>& synonyms,
    const std::string& section,
    const std::string& word) {
  std::vector<std::string> long_words;
  for (const Synonym& one : synonyms) {
    if (one.section.empty() || one.section == section) {
      if (one.theirs == word) {
        return one.ours;
      }
      if (one.theirs.size() >= kLongWord) {
        long_words.emplace_back(one.theirs);
      }
    }
  }
  const std::string slip = nearest(word, long_words, 1);
  return slip.empty() ? "" : called_elsewhere(synonyms, section, slip);
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
    const std::string& path,
    const std::vector<std::string>& known,
    bool holds_map) {
  const std::string leaf = leaf_of(path);
  const std::string prefix = path.substr(0, path.size() - leaf.size());
  const std::string section = prefix.substr(0, prefix.find('.'));
  const auto in_section = [&](const std::string& key) {
    return key.empty() ? "" : prefix + key;
  };
  if (holds_map) {
    const auto theirs = called_elsewhere(kSections, "", leaf);
    return theirs.empty() ? in_section(nearest(leaf, known))
                          : std::string(theirs);
  }
  if (const auto ours = called_elsewhere(kKeys, section, leaf); !ours.empty()) {
    return std::string(ours);
  }
  if (const std::string slip = nearest(leaf, known, 1); !slip.empty()) {
    return in_section(slip);
  }
  const std::string only = only_key_named(leaf);
  return only.empty() ? in_section(nearest(leaf, known)) : only;
}

}  // namespace convoy
