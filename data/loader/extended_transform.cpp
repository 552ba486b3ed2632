#include "data/loader/extended_transform.h"

#include <fmt/format.h>

#include <memory>
#include <stdexcept>
#include <utility>

#include "data/errors.h"

namespace convoy {
namespace {

/// An augmentation with its keys' values where its operation looks for them.
struct ReadyAugmentation {
  Augmentation augmentation;
  AugmentationValues values;
};

std::vector<ReadyAugmentation> ready(const std::vector<Augmentation>& all) {
  std::vector<ReadyAugmentation> chosen;
  for (const Augmentation& augmentation : all) {
    AugmentationValues values;
    for (const AugmentationKey& key : augmentation.keys) {
      values[key.name] = key.value;
    }
    chosen.push_back({augmentation, std::move(values)});
  }
  return chosen;
}

void refuse_floats(const Sample& sample, const std::string& name) {
  if (sample.is_floats) {
    throw BadData(fmt::format(
        "the record holds floats (float_data), and {0} works on pictures: set "
        "extensions.{0}.probability to 0",
        name));
  }
}

void check_picture(const Image& image, int channels, const std::string& name) {
  const bool sound =
      image.height > 0 && image.width > 0 && image.channels == channels &&
      image.pixels.size() ==
          static_cast<std::size_t>(image.height) * image.width * channels;
  if (!sound) {
    throw std::logic_error(fmt::format(
        "the augmentation {} left {} bytes as a picture of {}x{}x{} (height x "
        "width x channels); want as many bytes, and {} channels",
        name,
        image.pixels.size(),
        image.height,
        image.width,
        image.channels,
        channels));
  }
}

/// Used by one thread: it keeps scratch memory.
class ExtendedTransform {
 public:
  ExtendedTransform(Transform built_in, const TransformExtension& extension)
      : built_in_(std::move(built_in)),
        extension_(extension),
        all_(ready(extension.augmentations)) {}

  void operator()(const Sample& sample, const SampleRef& ref, float* out) {
    const DrawKey key{extension_.seed, ref.epoch, ref.id()};
    built_in_(with_picture_changed(sample, key), ref, out);
    const FinishedSample finished{
        out, extension_.side, extension_.side, extension_.channels};
    for (const auto& [own, values] : all_) {
      AugmentationDraws draws(key, own.name);
      if (own.on_finished && draws.uniform() < own.probability) {
        own.on_finished(finished, values, draws);
      }
    }
  }

 private:
  /// The sample itself when it draws no change.
  const Sample& with_picture_changed(const Sample& sample, const DrawKey& key) {
    const Sample* current = &sample;
    for (const auto& [own, values] : all_) {
      AugmentationDraws draws(key, own.name);
      if (!own.on_picture || draws.uniform() >= own.probability) {
        continue;
      }
      refuse_floats(sample, own.name);
      if (current == &sample) {
        changed_.image = sample.image;
        current = &changed_;
      }
      own.on_picture(changed_.image, values, draws);
      check_picture(changed_.image, sample.image.channels, own.name);
    }
    return *current;
  }

  Transform built_in_;
  TransformExtension extension_;
  std::vector<ReadyAugmentation> all_;
  Sample changed_;
};

}  // namespace

MakeTransform extended_transform(
    MakeTransform built_in, const TransformExtension& extension) {
  return [built_in = std::move(built_in), extension]() -> Transform {
    return ExtendedTransform(built_in(), extension);
  };
}

}  // namespace convoy
