#pragma once
// A picture file as a network met the pictures that it learned from.

#include <string>

#include "data/image/decode.h"
#include "data/importers/convert.h"

namespace convoy {

/// Reads files as an import would store them and a loader would read them
/// back: the same pixels as those of the file's record, save for the noise
/// around a `fill`ed one. One per thread.
class PhotographReader {
 public:
  /// Of `options`, what is done to a picture counts.
  PhotographReader(const ImportOptions& options, Colour colour);

  /// Throws BadData with the reason when an import would refuse the file.
  void read(const std::string& file, Image& out);

 private:
  Converter converter_;
  Decoder decoder_;
};

}  // namespace convoy
