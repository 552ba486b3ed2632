#include "data/importers/convert.h"

#include "data/errors.h"
#include "data/image/encode.h"
#include "data/image/jpeg/rewrite_jpeg.h"
#include "data/store/durable.h"
#include "data/store/hash.h"

namespace convoy {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{512} << 20;
constexpr int kPngLevel = 6;

// Interleaved RGB or gray to Caffe's planes, blue first.
void to_planes(const Image& image, std::vector<std::uint8_t>& planes) {
  const std::size_t count =
      static_cast<std::size_t>(image.height) * image.width;
  planes.resize(count * image.channels);
  const int channels = image.channels;
  for (int c = 0; c < channels; ++c) {
    const std::uint8_t* from = image.pixels.data() + (channels - 1 - c);
    std::uint8_t* to = planes.data() + c * count;
    for (std::size_t i = 0; i < count; ++i) {
      to[i] = from[i * channels];
    }
  }
}

}  // namespace

Converter::Converter(const ImportOptions& options)
    : options_(options),
      decoder_(
          {.colour = options.gray ? Colour::gray : Colour::as_stored,
           .strict = true,
           .limits = options.limits}),
      resizer_(options.resize, {options.height, options.width}) {}

Converted Converter::convert(const Source& source) {
  Converted result;
  result.datum.label = source.label;
  try {
    const std::string bytes = read_whole_file(source.file, kMaxFileBytes);
    result.content_hash = hash64(bytes);
    result.payload.assign(bytes.begin(), bytes.end());
    convert_bytes(source, result);
  } catch (const MissingInput& error) {
    result.refused = error.what();
  } catch (const BadData& error) {
    result.refused = error.what();
  }
  return result;
}

void Converter::convert_bytes(const Source& source, Converted& result) {
  result.image = decoder_.decode(result.payload, decoded_);
  const bool resized = options_.resize != ResizeMode::none;
  if (resized) {
    resizer_.run(decoded_, hash64(source.name), resized_);
  }
  const Image& image = resized ? resized_ : decoded_;
  result.datum.channels = image.channels;
  result.datum.height = image.height;
  result.datum.width = image.width;
  result.datum.encoded = options_.store_as != StoreAs::raw;
  const bool kept = keeps_file(result.image);
  if (!kept) {
    store_pixels(image, result);
  }
  const bool jpeg = kept ? result.image.format == ImageFormat::jpeg
                         : options_.store_as == StoreAs::file ||
                               options_.store_as == StoreAs::jpeg;
  if (jpeg && !options_.keep_bytes) {
    if (!kept) {
      decoder_.decode(result.payload, decoded_);
    }
    make_decodable_in_parts(decoded_, result);
  }
}

/// Where it can be done, and then only with the same pixels.
void Converter::make_decodable_in_parts(
    const Image& decoded, Converted& result) {
  JpegSegments segments;
  try {
    if (!rewrite_jpeg(result.payload, options_.limits, rewritten_, segments)) {
      return;
    }
    decoder_.decode(rewritten_, again_);
  } catch (const BadData&) {
    return;
  }
  if (again_.pixels != decoded.pixels) {
    return;
  }
  result.payload = rewritten_;
  const std::string bytes = serialise_segments(segments);
  result.segments.assign(bytes.begin(), bytes.end());
}

bool Converter::keeps_file(const ImageFacts& image) const {
  const bool stored_gray = image.channels <= 2 && !image.palette;
  return options_.store_as == StoreAs::file &&
         options_.resize == ResizeMode::none && (!options_.gray || stored_gray);
}

void Converter::store_pixels(const Image& image, Converted& result) const {
  switch (options_.store_as) {
    case StoreAs::raw:
      to_planes(image, result.payload);
      break;
    case StoreAs::png:
      encode_png(image, kPngLevel, result.payload);
      break;
    case StoreAs::file:
    case StoreAs::jpeg:
      encode_jpeg(image, {.quality = options_.jpeg_quality}, result.payload);
      break;
  }
}

}  // namespace convoy
