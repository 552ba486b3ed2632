#pragma once
// One decompression with libjpeg-turbo.

#include <cstdint>
#include <span>

#include "data/image/decode.h"
#include "data/image/jpeg/errors.h"

namespace convoy {

/// Ends a decode that a file with endless scans would otherwise keep busy.
struct JpegScanLimit {
  jpeg_progress_mgr base{};  ///< first: libjpeg hands it back to our function
  int max_scans = 0;
};

/// MCUs of a scan.
struct McuGrid {
  int mcu_width = 8;   ///< pixels
  int mcu_height = 8;  ///< pixels
  int columns = 0;
  int rows = 0;
  int restart_interval = 0;  ///< MCUs; 0: none
};

/// A fresh libjpeg object for each picture costs under a microsecond and keeps
/// the tables of one file from being used by the next. Everything throws
/// BadData.
class JpegReader {
 public:
  /// Both outlive it.
  JpegReader(std::span<const std::uint8_t> bytes, const DecodeOptions& options);
  ~JpegReader();
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  /// First of all.
  ImageFacts read_header();

  /// Behind read_header(): whether the picture is one scan of Huffman codes,
  /// row by row; its MCUs; where its first code is.
  bool is_baseline() const;
  McuGrid grid() const;
  std::size_t scan_offset() const;

  /// All pixels, in `channels` (3 or 1; 3 for CMYK) channels.
  void read_pixels(int channels, Image& out);

  /// The same into `out`, from (x, y) on. Not CMYK.
  void read_pixels_at(int x, int y, Image& out);

  bool damaged() const { return errors_.damages > 0; }

 private:
  void start(int channels);
  void read_rows(int x, int y, Image& out);
  void read_cmyk_rows(Image& out);

  std::span<const std::uint8_t> bytes_;
  const DecodeOptions& options_;
  JpegErrors errors_;
  JpegScanLimit limit_;
  jpeg_decompress_struct jpeg_{};
};

}  // namespace convoy
