#pragma once
// A real database of small random pictures.

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "data/store/writer.h"

namespace convoy::testing {

struct SmallDatabase {
  int records = 50;
  int classes = 5;
  int px = 32;
  unsigned seed = 1;
};

/// Writes it to `path`; labels go round the classes. Returns the path.
inline std::string write_small_database(
    const std::string& path, const SmallDatabase& wanted) {
  Writer writer(path);
  std::mt19937 random(wanted.seed);
  std::vector<std::uint8_t> pixels(
      static_cast<std::size_t>(3) * wanted.px * wanted.px);
  for (int i = 0; i < wanted.records; ++i) {
    for (std::uint8_t& value : pixels) {
      value = static_cast<std::uint8_t>(random());
    }
    Datum datum;
    datum.channels = 3;
    datum.height = datum.width = wanted.px;
    datum.label = i % wanted.classes;
    datum.has_label = true;
    datum.data = pixels;
    const std::string number = std::to_string(i);
    writer.add(
        std::string(5 - std::min(number.size(), 5UL), '0') + number, datum);
  }
  writer.finish();
  return path;
}

/// One RGB record of 1 x 2 pixels with bytes, BGR planar, and floats too, which
/// Caffe reads only where there are no bytes.
inline std::string write_bytes_and_floats(const std::string& path) {
  const std::vector<std::uint8_t> bytes{10, 20, 30, 40, 50, 60};
  Datum datum;
  datum.channels = 3;
  datum.height = 1;
  datum.width = 2;
  datum.data = bytes;
  datum.float_data = {1};
  Writer writer(path);
  writer.add("a", datum);
  writer.finish();
  return path;
}

}  // namespace convoy::testing
