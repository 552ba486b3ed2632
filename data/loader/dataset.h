#pragma once
// Labelled samples by number, wherever they come from.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/augment/apply.h"
#include "data/image/decode.h"

namespace convoy {

/// Reuse one object per thread: reading keeps its allocations.
struct Sample {
  std::string key;  ///< for messages; printable
  std::int64_t label = 0;
  bool is_floats =
      false;            ///< a float_data record: `floats` counts, not `image`
  Image image;          ///< RGB or gray, as the dataset was asked for
  FloatPicture floats;  ///< points into float_values
  std::vector<float> float_values;
  std::optional<Decoder> decoder;  ///< of the dataset, with what it keeps
};

class Dataset {
 public:
  virtual ~Dataset() = default;

  virtual std::uint64_t size() const = 0;

  /// Fills `sample`; its key even when it throws, if it is known by then.
  /// Throws BadData naming dataset and key when the sample can't be used.
  /// Called from many threads at once, each with a sample of its own.
  virtual void read(std::uint64_t index, Sample& sample) const = 0;

  /// The same where what is `needed` of an image is enough: sample.image has
  /// the picture's size, and may be unspecified elsewhere.
  virtual void read_needed(
      std::uint64_t index, const NeededWindow& needed, Sample& sample) const {
    static_cast<void>(needed);
    read(index, sample);
  }
};

}  // namespace convoy
