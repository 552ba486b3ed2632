#pragma once
// One labelled picture as Caffe's protobuf message Datum, with a checksum of
// our own in a field that other readers skip.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace convoy {

/// A record's value. Three kinds: `encoded` (data is a JPEG or PNG file; the
/// sizes may be 0), raw (data is channels x height x width bytes, planar, BGR
/// or gray), and float (the same order in float_data, data is empty).
struct Datum {
  int channels = 0;
  int height = 0;
  int width = 0;
  int label = 0;           ///< 0 when the record holds none
  bool has_label = false;  ///< a writer of proto3 leaves label 0 out
  bool encoded = false;
  std::span<const std::uint8_t> data;  ///< not owned
  std::vector<float> float_data;
  /// Field 1002, of an encoded JPEG: where parts of it lie (see
  /// serialise_segments); not owned.
  std::span<const std::uint8_t> segments;
  std::optional<std::uint64_t> checksum;  ///< field 1001, as it was read
};

/// Reads `bytes` into `out`, whose memory is reused; out.data points into
/// `bytes`. Total on any bytes: throws BadData with a reason that names no
/// record. Unknown fields are skipped.
void parse_datum(std::span<const std::uint8_t> bytes, Datum& out);

/// Throws BadData unless the sizes fit the payload (data is not empty; raw and
/// float: channels x height x width values of 1 or 3 channels).
void check_payload(const Datum& datum);

/// XXH3-64 of the payload (data, then float_data), seeded with the XXH3-64 of
/// label, channels, height, width and encoded as five little-endian int32.
std::uint64_t content_hash(const Datum& datum);

/// The same; where there are segments, theirs, seeded with that.
std::uint64_t checksum_of(const Datum& datum);

/// Throws BadData when the record has a checksum and it does not fit.
void check_checksum(const Datum& datum);

/// Replaces `out` with the message, label and a fresh checksum always among its
/// fields.
void serialise_datum(const Datum& datum, std::string& out);

}  // namespace convoy
