#pragma once
// Small pictures for imports, each different, drawn from a number.

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "data/image/encode.h"
#include "data/store/database.h"
#include "tests/support/files.h"
#include "tests/support/temp_dir.h"

namespace convoy::testing {

/// A blurred random picture.
inline Image photo(
    int number, int height = 24, int width = 32, int channels = 3) {
  std::mt19937 random(number);
  Image image;
  image.resize(height, width, channels);
  int value = 128;
  for (std::uint8_t& pixel : image.pixels) {
    value = std::clamp(value + static_cast<int>(random() % 17) - 8, 0, 255);
    pixel = static_cast<std::uint8_t>(value);
  }
  return image;
}

inline std::vector<std::uint8_t> jpeg_bytes(const Image& image) {
  std::vector<std::uint8_t> bytes;
  encode_jpeg(image, {}, bytes);
  return bytes;
}

inline void save_jpeg(const std::filesystem::path& path, int number) {
  write_bytes(path, jpeg_bytes(photo(number)));
}

/// FOLDER/CLASS/NUMBER.jpg, `count` in each class.
inline void save_classes(
    const std::filesystem::path& folder,
    const std::vector<std::string>& classes,
    int count,
    int first_number = 0) {
  int number = first_number;
  for (const std::string& name : classes) {
    for (int i = 0; i < count; ++i) {
      save_jpeg(folder / name / (std::to_string(i) + ".jpg"), number++);
    }
  }
}

/// The keys of a database without their running number.
inline std::vector<std::string> names_in(const Database& database) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < database.size(); ++i) {
    names.emplace_back(database.read(i).key.substr(9));
  }
  return names;
}

inline std::vector<int> labels_in(const Database& database) {
  std::vector<int> labels;
  Datum datum;
  for (std::size_t i = 0; i < database.size(); ++i) {
    database.read_datum(i, true, datum);
    labels.push_back(datum.label);
  }
  return labels;
}

}  // namespace convoy::testing
