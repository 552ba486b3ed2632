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

// What one thread has seen. Channels are in the order of Image: RGB.
struct Sums {
  int height = 0;
  int width = 0;
  bool same_size = true;
  std::uint64_t pictures = 0;
  std::uint64_t pixels = 0;
  std::array<std::uint64_t, 3> sum{};
  std::array<std::uint64_t, 3> squares{};
  std::vector<std::uint64_t> by_pixel;  // as long as all sizes are the same

  void take(const Image& image) {
    take_size(image.height, image.width, image.pixels.size());
    ++pictures;
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

  void merge(const Sums& other) {
    if (other.pictures == 0) {
      return;
    }
    take_size(other.height, other.width, other.by_pixel.size());
    same_size = same_size && other.same_size;
    pictures += other.pictures;
    pixels += other.pixels;
    for (int c = 0; c < 3; ++c) {
      sum[c] += other.sum[c];
      squares[c] += other.squares[c];
    }
    for (std::size_t i = 0; same_size && i < by_pixel.size(); ++i) {
      by_pixel[i] += other.by_pixel[i];
    }
  }

 private:
  void take_size(int new_height, int new_width, std::size_t values) {
    if (pictures == 0) {
      height = new_height;
      width = new_width;
      by_pixel.resize(values);
    } else if (height != new_height || width != new_width) {
      same_size = false;
      by_pixel.clear();
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

  bool add(const Database& database, std::size_t index) {
    const std::string_view key = database.read_datum(index, true, datum);
    try {
      to_image(datum, decoder, image);
    } catch (const BadData& error) {
      throw BadData(fmt::format(
          "{} can't be used: {}", name_of_record(database, key), error.what()));
    }
    sums.take(image);
    return true;
  }
};

Colour colour_of(const Database& database, int channels) {
  if (channels != 0) {
    return channels == 1 ? Colour::gray : Colour::rgb;
  }
  Adder first(Colour::as_stored);
  first.add(database, 0);
  return first.image.channels == 1 ? Colour::gray : Colour::rgb;
}

DatasetMean to_mean(const Sums& sums, int channels) {
  DatasetMean mean;
  mean.per_pixel = sums.same_size;
  for (int c = channels; c-- > 0;) {
    const double count = static_cast<double>(sums.pixels);
    const double average = static_cast<double>(sums.sum[c]) / count;
    const double spread =
        static_cast<double>(sums.squares[c]) / count - average * average;
    mean.channel_mean.push_back(average);
    mean.channel_stddev.push_back(std::sqrt(std::max(0.0, spread)));
  }
  mean.image.channels = channels;
  mean.image.height = mean.per_pixel ? sums.height : 1;
  mean.image.width = mean.per_pixel ? sums.width : 1;
  if (!mean.per_pixel) {
    mean.image.values.assign(
        mean.channel_mean.begin(), mean.channel_mean.end());
    return mean;
  }
  const std::size_t plane = static_cast<std::size_t>(sums.height) * sums.width;
  for (int c = channels; c-- > 0;) {
    for (std::size_t i = 0; i < plane; ++i) {
      mean.image.values.push_back(static_cast<float>(
          static_cast<double>(sums.by_pixel[i * channels + c]) /
          static_cast<double>(sums.pictures)));
    }
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
  const Colour colour = colour_of(database, options.channels);
  const int workers = worker_count(options.workers);
  std::vector<Adder> adders(workers, Adder(colour));
  for_each_in_order(
      database.size(),
      workers,
      [&](int worker, std::size_t index) {
        return adders[worker].add(database, index);
      },
      [&](std::size_t index, bool) {
        if (progress) {
          progress(index + 1, database.size());
        }
      });
  Sums all;
  for (const Adder& adder : adders) {
    all.merge(adder.sums);
  }
  return to_mean(all, colour == Colour::gray ? 1 : 3);
}

}  // namespace convoy
