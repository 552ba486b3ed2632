#pragma once
// A record's pixels, whichever of Caffe's three ways they are stored in.

#include "data/image/decode.h"
#include "data/store/datum.h"

namespace convoy {

/// Fills `out` in the colours that `decoder` was made for: decodes an encoded
/// datum, turns a raw one (planar BGR) or a float one into interleaved RGB or
/// gray. Floats are rounded to the nearest of 0..255; a record with values
/// outside, or with fractions between 0 and 1 alone, is BadData, since rounding
/// would destroy it. The datum has passed check_payload. Throws BadData that
/// names no record.
/// Of an encoded datum with segments, what is `needed` is enough; the rest of
/// `out` is unspecified then.
void to_image(
    const Datum& datum,
    Decoder& decoder,
    Image& out,
    const NeededWindow& needed = {});

}  // namespace convoy
