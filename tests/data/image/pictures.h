#pragma once
// The pictures of make_images.py, made once for the tests that read them.

#include <filesystem>
#include <sstream>
#include <string>

#include "data/image/image.h"
#include "tests/support/files.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace convoy::testing {

/// The folder that make_images.py has filled.
inline const std::filesystem::path& pictures() {
  static const TempDir dir;
  static const std::string said =
      run_python("data/image/make_images.py", {dir.path().string()});
  return dir.path();
}

inline std::vector<std::uint8_t> picture(const std::string& name) {
  return read_bytes(pictures() / name);
}

/// What the oracle says that NAME.rgb or NAME.gray holds.
inline Image expected(const std::string& name) {
  const std::string text = read_text(pictures() / name);
  const std::size_t end = text.find('\n');
  std::istringstream header(text.substr(0, end));
  int height = 0, width = 0, channels = 0;
  header >> height >> width >> channels;
  Image image;
  image.resize(height, width, channels);
  if (text.size() != end + 1 + image.pixels.size()) {
    throw std::runtime_error("the oracle's file has another size: " + name);
  }
  std::copy(text.begin() + end + 1, text.end(), image.pixels.begin());
  return image;
}

}  // namespace convoy::testing
