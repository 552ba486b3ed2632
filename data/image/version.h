#pragma once
// Which libraries decode pictures: other versions may give other pixels.

#include <string>

namespace convoy {

/// "2.1.5": what this program was compiled against, since the library tells no
/// version while it runs.
std::string libjpeg_turbo_version();

/// Of the library that this process has loaded: "1.6.39".
std::string libpng_version();

}  // namespace convoy
