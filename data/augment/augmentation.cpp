#include "data/augment/augmentation.h"

#include <fmt/format.h>

#include <stdexcept>

#include "data/store/hash.h"

namespace convoy {
namespace {

constexpr std::uint32_t kWords = 4;  // of a block

std::vector<Augmentation>& augmentation_table() {
  static std::vector<Augmentation> table;
  return table;
}

void check_augmentation(const Augmentation& augmentation) {
  if (!augmentation.on_picture == !augmentation.on_finished) {
    throw std::invalid_argument(fmt::format(
        "the augmentation \"{}\" has {} operation; set one of on_picture and "
        "on_finished",
        augmentation.name,
        augmentation.on_picture ? "more than one" : "no"));
  }
  if (augmentation.probability != 0) {
    throw std::invalid_argument(fmt::format(
        "the augmentation \"{}\" has the probability {}; leave it at 0, which "
        "a config changes",
        augmentation.name,
        augmentation.probability));
  }
  for (const AugmentationKey& key : augmentation.keys) {
    if (key.name == "probability") {
      throw std::invalid_argument(fmt::format(
          "the augmentation \"{}\" has a key \"probability\", as all of them "
          "have; give the key another name",
          augmentation.name));
    }
  }
}

}  // namespace

AugmentationDraws::AugmentationDraws(
    const DrawKey& key, const std::string& augmentation)
    : key_{key.seed ^ hash64(augmentation), key.epoch, key.sample},
      block_(key_, Draw::extension) {}

double AugmentationDraws::uniform() {
  if (drawn_ > 0 && drawn_ % kWords == 0) {
    block_ = DrawBlock(key_, Draw::extension, drawn_ / kWords);
  }
  return block_.uniform(static_cast<int>(drawn_++ % kWords));
}

void register_augmentation(Augmentation augmentation) {
  for (const Augmentation& known : augmentation_table()) {
    if (known.name == augmentation.name) {
      throw std::invalid_argument(fmt::format(
          "there are two augmentations named \"{}\"; give one another name",
          known.name));
    }
  }
  check_augmentation(augmentation);
  augmentation_table().push_back(std::move(augmentation));
}

const std::vector<Augmentation>& registered_augmentations() {
  return augmentation_table();
}

}  // namespace convoy
