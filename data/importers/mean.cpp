#include "data/importers/mean.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>

#include "data/errors.h"
#include "data/image/decode.h"
#include "data/importers/ordered.h"
#include "data/store/pixels.h"

namespace convoy {
namespace {

// Sums over records; those of each pixel as long as all sizes are the same.
template <class Number>
struct SumsOf {
  int height = 0;
  int width = 0;
  bool same_size = true;
  Number records{};
  Number pixels{};
  std::array<Number, 3> sum{};
  std::array<Number, 3> squares{};
  std::vector<Number> by_pixel;

  // Before `records` counts what comes.
  void take_size(int new_height, int new_width, std::size_t values) {
    if (records == 0) {
      height = new_height;
      width = new_width;
      by_pixel.resize(values);
    } else if (height != new_height || width != new_width) {
      sizes_differ();
    }
  }

  void sizes_differ() {
    same_size = false;
    by_pixel.clear();
  }
};

// What one thread has seen of pictures. Channels are in the order of Image:
// RGB. Integers, so that the order of the threads does not matter.
struct Sums : SumsOf<std::uint64_t> {
  void take(const Image& image) {
    take_size(image.height, image.width, image.pixels.size());
    ++records;
    pixels += image.pixels.size() / image.channels;
    const std::size_t step = image.channels;
    for (std::size_t c = 0; c < step; ++c) {
      for (std::size_t i = c; i < image.pixels.size(); i += step) {
        const std::uint64_t value = image.pixels[i];
        sum[c] += value;
        squares[c] += value * value;
      }
    }
    for (std::size_t i = 0; i < by_pixel.size(); ++i) {
      by_pixel[i] += image.pixels[i];
    }
  }

  void take(const Sums& other) {
    if (other.records == 0) {
      return;
    }
    take_size(other.height, other.width, other.by_pixel.size());
    if (!other.same_size) {
      sizes_differ();
    }
    records += other.records;
    pixels += other.pixels;
    for (std::size_t c = 0; c < sum.size(); ++c) {
      sum[c] += other.sum[c];
      squares[c] += other.squares[c];
    }
    for (std::size_t i = 0; i < by_pixel.size(); ++i) {
      by_pixel[i] += other.by_pixel[i];
    }
  }
};

// A float_data record, any values: planar, BGR. Empty for a picture.
struct Planes {
  int channels = 0;
  int height = 0;
  int width = 0;
  std::vector<float> values;
};

// What all have seen. Channels are in Caffe's order, BGR, planar. Floats are
// added in the order of the records, so that the sums are always the same.
struct Totals : SumsOf<double> {
  void take(const Planes& planes) {
    take_size(planes.height, planes.width, planes.values.size());
    const std::size_t plane = planes.values.size() / planes.channels;
    ++records;
    pixels += static_cast<double>(plane);
    for (std::size_t i = 0; i < planes.values.size(); ++i) {
      const double value = planes.values[i];
      sum[i / plane] += value;
      squares[i / plane] += value * value;
    }
    for (std::size_t i = 0; i < by_pixel.size(); ++i) {
      by_pixel[i] += planes.values[i];
    }
  }

  void take(const Sums& sums, int channels) {
    if (sums.records == 0) {
      return;
    }
    take_size(sums.height, sums.width, sums.by_pixel.size());
    records += static_cast<double>(sums.records);
    pixels += static_cast<double>(sums.pixels);
    for (int c = 0; c < channels; ++c) {
      sum[c] += static_cast<double>(sums.sum[channels - 1 - c]);
      squares[c] += static_cast<double>(sums.squares[channels - 1 - c]);
    }
    if (!sums.same_size) {
      sizes_differ();
    }
    const std::size_t plane = by_pixel.size() / channels;
    for (std::size_t i = 0; i < by_pixel.size(); ++i) {
      const std::size_t rgb = channels - 1 - i / plane;
      by_pixel[i] +=
          static_cast<double>(sums.by_pixel[i % plane * channels + rgb]);
    }
  }
};

// One thread's tools and sums.
struct Adder {
  Decoder decoder;
  Datum datum;
  Image image;
  Sums sums;

  explicit Adder(Colour colour) : decoder(DecodeOptions{.colour = colour}) {}

  // Adds a picture; a float_data record is given back, to be added in its turn.
  Planes add(const Database& database, std::size_t index) {
    const std::string_view key = database.read_datum(index, true, datum);
    try {
      if (!datum.encoded && datum.data.empty()) {
        return planes();
      }
      to_image(datum, decoder, image);
    } catch (const BadData& error) {
      throw BadData(fmt::format(
          "{} can't be used: {}", name_of_record(database, key), error.what()));
    }
    sums.take(image);
    return {};
  }

 private:
  // Training takes floats as they are, so they are not converted here.
  Planes planes() const {
    const Colour colour = decoder.options().colour;
    const int wanted = colour == Colour::gray  ? 1
                       : colour == Colour::rgb ? 3
                                               : datum.channels;
    if (datum.channels != wanted) {
      throw BadData(fmt::format(
          "it holds floats (float_data) of {} channels, and {} are averaged; "
          "set the channels to {}, as data.channels in training",
          datum.channels,
          wanted,
          datum.channels));
    }
    for (const float value : datum.float_data) {
      if (!std::isfinite(value)) {
        throw BadData(fmt::format(
            "it holds {}, which is no finite number; write the record again",
            value));
      }
    }
    return {datum.channels, datum.height, datum.width, datum.float_data};
  }
};

// Of the first record.
Colour colour_of(const Database& database) {
  Adder first(Colour::as_stored);
  const Planes planes = first.add(database, 0);
  const int channels =
      planes.values.empty() ? first.image.channels : planes.channels;
  return channels == 1 ? Colour::gray : Colour::rgb;
}

DatasetMean to_mean(const Totals& totals, int channels) {
  DatasetMean mean;
  mean.per_pixel = totals.same_size;
  for (int c = 0; c < channels; ++c) {
    const double average = totals.sum[c] / totals.pixels;
    const double spread = totals.squares[c] / totals.pixels - average * average;
    mean.channel_mean.push_back(average);
    mean.channel_stddev.push_back(std::sqrt(std::max(0.0, spread)));
  }
  mean.image.channels = channels;
  mean.image.height = mean.per_pixel ? totals.height : 1;
  mean.image.width = mean.per_pixel ? totals.width : 1;
  if (!mean.per_pixel) {
    mean.image.values.assign(
        mean.channel_mean.begin(), mean.channel_mean.end());
    return mean;
  }
  for (const double sum : totals.by_pixel) {
    mean.image.values.push_back(static_cast<float>(sum / totals.records));
  }
  return mean;
}

}  // namespace

DatasetMean compute_mean(
    const Database& database,
    const MeanOptions& options,
    const ScanProgress& progress) {
  if (database.size() == 0) {
    throw BadData(
        fmt::format("{} holds no records, so it has no mean", database.path()));
  }
  const Colour colour = options.channels == 0   ? colour_of(database)
                        : options.channels == 1 ? Colour::gray
                                                : Colour::rgb;
  const int channels = colour == Colour::gray ? 1 : 3;
  const int workers = worker_count(options.workers);
  std::vector<Adder> adders(workers, Adder(colour));
  Totals totals;
  for_each_in_order(
      database.size(),
      workers,
      [&](int worker, std::size_t index) {
        return adders[worker].add(database, index);
      },
      [&](std::size_t index, const Planes& planes) {
        if (!planes.values.empty()) {
          totals.take(planes);
        }
        if (progress) {
          progress(index + 1, database.size());
        }
      });
  // Whole numbers first: their sum does not depend on who counted what.
  for (std::size_t i = 1; i < adders.size(); ++i) {
    adders[0].sums.take(adders[i].sums);
  }
  totals.take(adders[0].sums, channels);
  return to_mean(totals, channels);
}

}  // namespace convoy
