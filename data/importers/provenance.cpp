#include "data/importers/provenance.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "data/errors.h"

namespace convoy {
namespace {

template <class Choice>
std::string word(Choice value) {
  return std::string(names(value)[static_cast<std::size_t>(value)]);
}

template <class Choice>
void read_word(const std::string& key, const std::string& text, Choice& value) {
  const auto known = names(value);
  const auto found = std::find(known.begin(), known.end(), text);
  if (found == known.end()) {
    throw BadData(fmt::format(
        "the training data were made with {} \"{}\"; this convoy knows {}",
        key,
        text,
        fmt::join(known, ", ")));
  }
  value = static_cast<Choice>(found - known.begin());
}

bool outside(int side) {
  return side < 1 || side > kLargestSide;
}

/// "half_crop 128 x 96" (width x height), or "none".
void read_resize(const std::string& text, ImportOptions& options) {
  std::istringstream parts(text);
  std::string mode;
  std::string by;
  parts >> mode;
  read_word("resize", mode, options.resize);
  if (options.resize == ResizeMode::none) {
    return;
  }
  parts >> options.width >> by >> options.height;
  if (!parts || outside(options.width) || outside(options.height)) {
    throw BadData(fmt::format(
        "the training data were made with resize \"{}\"; want a mode, a width, "
        "x and a height of 1 to {}",
        text,
        kLargestSide));
  }
}

void read_quality(const std::string& text, int& quality) {
  std::istringstream number(text);
  if (!(number >> quality) || quality < 1 || quality > 100) {
    throw BadData(fmt::format(
        "the training data were made with jpeg_quality \"{}\"; want 1 to 100",
        text));
  }
}

}  // namespace

MadeBy describe_pictures(const ImportOptions& options) {
  return {
      {"resize",
       options.resize == ResizeMode::none ? word(options.resize)
                                          : fmt::format(
                                                "{} {} x {}",
                                                word(options.resize),
                                                options.width,
                                                options.height)},
      {"store_as", word(options.store_as)},
      {"jpeg_quality", std::to_string(options.jpeg_quality)},
      {"gray", options.gray ? "true" : "false"}};
}

ImportOptions picture_options(const MadeBy& made_by) {
  ImportOptions options;
  for (const auto& [key, text] : made_by) {
    if (key == "resize") {
      read_resize(text, options);
    } else if (key == "store_as") {
      read_word(key, text, options.store_as);
    } else if (key == "jpeg_quality") {
      read_quality(text, options.jpeg_quality);
    } else if (key == "gray") {
      options.gray = text == "true";
    }
  }
  return options;
}

}  // namespace convoy
