#include "data/importers/options.h"

#include <fmt/format.h>

#include "data/errors.h"
#include "data/importers/plan/plan.h"

namespace convoy {
namespace {

void check_size(const ImportOptions& options) {
  const auto sensible = [](int side) {
    return side >= 1 && side <= kLargestSide;
  };
  if (options.resize != ResizeMode::none &&
      !(sensible(options.height) && sensible(options.width))) {
    throw BadData(fmt::format(
        "resize mode {} needs a target size of 1 to {} pixels a side; width "
        "and height are {} x {}",
        names(options.resize)[static_cast<std::size_t>(options.resize)],
        kLargestSide,
        options.width,
        options.height));
  }
}

}  // namespace

void check_options(const ImportOptions& options) {
  if (options.output.empty()) {
    throw BadData("the import has no output: name the database to write");
  }
  check_size(options);
  if (options.jpeg_quality < 1 || options.jpeg_quality > 100) {
    throw BadData(fmt::format(
        "the JPEG quality is {}; wanted: 1 to 100", options.jpeg_quality));
  }
  check_split(options.split);
}

}  // namespace convoy
