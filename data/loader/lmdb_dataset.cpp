#include "data/loader/lmdb_dataset.h"

#include <fmt/format.h>

#include "data/errors.h"
#include "data/store/pixels.h"
#include "data/store/printable.h"

namespace convoy {

LmdbDataset::LmdbDataset(
    const std::string& path, const LmdbDatasetOptions& options)
    : database_(path), options_(options) {
  if (database_.size() == 0) {
    throw BadData(fmt::format(
        "the database {} holds no records: import pictures into it",
        database_.path()));
  }
}

void LmdbDataset::read_needed(
    std::uint64_t index, const NeededWindow& needed, Sample& sample) const {
  sample.key = printable(database_.read(index).key);
  Datum datum;
  datum.float_data.swap(sample.float_values);
  database_.read_datum(index, options_.verify_checksums, datum);
  sample.label = datum.label;
  sample.is_floats = !datum.encoded && datum.data.empty();
  sample.float_values.swap(datum.float_data);
  if (sample.is_floats) {
    sample.floats = {
        datum.channels, datum.height, datum.width, sample.float_values.data()};
    return;
  }
  const Colour colour = options_.channels == 1 ? Colour::gray : Colour::rgb;
  if (!sample.decoder || sample.decoder->options().colour != colour) {
    sample.decoder.emplace(DecodeOptions{.colour = colour});
  }
  try {
    to_image(datum, *sample.decoder, sample.image, needed);
  } catch (const BadData& error) {
    throw BadData(fmt::format(
        "record '{}' of {} can't be used: {}",
        sample.key,
        database_.path(),
        error.what()));
  }
}

}  // namespace convoy
