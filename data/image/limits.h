#pragma once
// The check that no picture is larger than its reader allows.

#include "data/image/decode.h"

namespace convoy {

/// Throws BadData when height x width is beyond limits.max_pixels. Called
/// before any pixel memory is asked for.
void check_pixels(std::int64_t height, std::int64_t width, const DecodeLimits&);

}  // namespace convoy
