#include "data/importers/photograph.h"

#include <filesystem>

#include "data/errors.h"
#include "data/store/pixels.h"

namespace convoy {

namespace {

/// Which changes no pixel.
ImportOptions without_rewriting(ImportOptions options) {
  options.keep_bytes = true;
  return options;
}

}  // namespace

PhotographReader::PhotographReader(const ImportOptions& options, Colour colour)
    : converter_(without_rewriting(options)), decoder_({.colour = colour}) {}

void PhotographReader::read(const std::string& file, Image& out) {
  Source source;
  source.file = file;
  source.name = std::filesystem::path(file).filename().string();
  Converted converted = converter_.convert(source);
  if (!converted.refused.empty()) {
    throw BadData(converted.refused);
  }
  converted.datum.data = converted.payload;
  to_image(converted.datum, decoder_, out);
}

}  // namespace convoy
