#pragma once
// SHA-256 (FIPS 180-4), by which PyTorch's hub names its weight files.

#include <string>
#include <string_view>

namespace convoy {

/// The digest as 64 hexadecimal digits in lower case.
std::string sha256_of(std::string_view bytes);

}  // namespace convoy
