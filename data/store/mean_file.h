#pragma once
// Caffe's mean files: a BlobProto in a .binaryproto.

#include <span>
#include <string>
#include <vector>

#include "data/image/mean_image.h"

namespace convoy {

/// Reads both ways of giving the shape (num, channels, height, width; or dims)
/// and both kinds of values (float and double, packed or not). Total on any
/// bytes: throws BadData that names no file.
MeanImage parse_mean(std::span<const std::uint8_t> bytes);

/// As compute_image_mean writes it.
std::string serialise_mean(const MeanImage& mean);

/// Throws MissingInput or BadData with the path.
MeanImage read_mean_file(const std::string& path);

/// Replaces a file of that name, whole or not at all. Throws WriteFailure.
void write_mean_file(const std::string& path, const MeanImage& mean);

}  // namespace convoy
