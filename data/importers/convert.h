#pragma once
// One file on its way into a database: read, looked at, resized, encoded.

#include <cstdint>
#include <string>
#include <vector>

#include "data/image/decode.h"
#include "data/importers/plan/plan.h"
#include "data/importers/resize_modes.h"
#include "data/store/datum.h"

namespace convoy {

/// What became of a file.
struct Converted {
  std::string refused{};  ///< why it was not taken; empty when it was
  std::vector<std::uint8_t> payload{};
  std::vector<std::uint8_t> segments{};  ///< of a payload that has some
  Datum datum{};                         ///< without its data and segments
  ImageFacts image{};
  std::uint64_t content_hash = 0;  ///< of the file's bytes
};

/// Converts one file after another. One per thread.
class Converter {
 public:
  explicit Converter(const ImportOptions& options);

  /// Decodes strictly whatever is stored then, so that nothing damaged gets in.
  /// What is wrong with the file is told in `refused`.
  Converted convert(const Source& source);

 private:
  void convert_bytes(const Source& source, Converted& result);
  void make_decodable_in_parts(const Image& decoded, Converted& result);
  bool keeps_file(const ImageFacts& image) const;
  void store_pixels(const Image& image, Converted& result) const;

  ImportOptions options_;
  Decoder decoder_;
  ModeResizer resizer_;
  Image decoded_;
  Image resized_;
  Image again_;
  std::vector<std::uint8_t> rewritten_;
};

}  // namespace convoy
