#pragma once
// Whole files in and out of memory.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace convoy::testing {

inline std::vector<std::uint8_t> read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw std::runtime_error("can't open " + path.string());
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string read_text(const std::filesystem::path& path) {
  const auto bytes = read_bytes(path);
  return {bytes.begin(), bytes.end()};
}

inline void write_bytes(
    const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(
      reinterpret_cast<const char*>(bytes.data()),
      static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) {
    throw std::runtime_error("can't write " + path.string());
  }
}

inline void write_text(
    const std::filesystem::path& path, std::string_view text) {
  write_bytes(
      path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

inline std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace convoy::testing
