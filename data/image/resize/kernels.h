#pragma once
// The inner loops of a resize: a portable one and one for AVX2 that gives the
// same bits. They check nothing.

#include <cstddef>
#include <cstdint>

#include "data/image/resize/axis.h"

namespace convoy {

/// Bytes that horizontal_rgb_avx2 may read past the last pixel of a row.
constexpr int kReadPast = 16;

constexpr int kRowsAtOnce = 4;

/// One row of `channels` interleaved channels: axis.size() pixels into `out`.
void horizontal_portable(
    const ResizeAxis& axis,
    int channels,
    const std::uint8_t* in,
    std::uint8_t* out);

/// kRowsAtOnce rows of RGB pixels; the same row may be given more than once.
void horizontal_rgb_avx2(
    const ResizeAxis& axis,
    const std::uint8_t* const in[kRowsAtOnce],
    std::uint8_t* const out[kRowsAtOnce]);

/// Rows that lie `stride` bytes apart, the first at `in`, weighed and summed
/// into one row of `bytes` bytes.
struct VerticalJob {
  const std::uint8_t* in;
  std::size_t stride;
  const std::int32_t* weights;
  int count;
  std::size_t bytes;
};

/// Reads and writes no byte beyond job.bytes of a row.
void vertical_portable(const VerticalJob& job, std::uint8_t* out);
void vertical_avx2(const VerticalJob& job, std::uint8_t* out);

}  // namespace convoy
