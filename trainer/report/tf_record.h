#pragma once
// The framing of TensorFlow's TFRecord files.

#include <cstdint>
#include <string>
#include <string_view>

namespace convoy {

/// CRC-32C (Castagnoli's polynomial), as RFC 3720 has it for iSCSI.
std::uint32_t crc32c(std::string_view bytes);

/// One record: the length of the data (8 bytes), its masked CRC-32C (4), the
/// data, their masked CRC-32C (4); numbers little-endian. A CRC is rotated and
/// offset (masked), since data that hold CRCs of themselves weaken it.
std::string tf_record(std::string_view data);

}  // namespace convoy
