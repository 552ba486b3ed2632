#pragma once
// Caffe's mean files: a BlobProto in a .binaryproto.

#include <span>
#include <string>
#include <vector>

namespace convoy {

/// Planar values in Caffe's channel order (BGR, or gray), rows from the top, in
/// the range of the pixels (0 to 255).
struct MeanImage {
  int channels = 0;
  int height = 0;
  int width = 0;
  std::vector<float> values;
};

/// Reads both ways of giving the shape (num, channels, height, width; or dims)
/// and both kinds of values (float and double, packed or not). Total on any
/// bytes: throws BadData that names no file.
MeanImage parse_mean(std::span<const std::uint8_t> bytes);

/// As compute_image_mean writes it.
std::string serialise_mean(const MeanImage& mean);

/// Throws MissingInput or BadData with the path.
MeanImage read_mean_file(const std::string& path);

/// Throws WriteFailure; the file must not exist.
void write_mean_file(const std::string& path, const MeanImage& mean);

}  // namespace convoy
