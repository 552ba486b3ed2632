#pragma once
// Real photographs and weights, which are not part of the project: the folder
// that the environment variable CONVOY_TEST_DATA names holds vehicles6.tar and
// weights/.

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "tests/support/process.h"

namespace convoy::testing {

/// `name` in that folder; nothing when it is not there.
inline std::optional<std::filesystem::path> real_data(const std::string& name) {
  const char* folder = std::getenv("CONVOY_TEST_DATA");
  const std::filesystem::path path =
      std::filesystem::path(folder ? folder : "") / name;
  if (folder == nullptr || !std::filesystem::exists(path)) {
    return std::nullopt;
  }
  return path;
}

/// vehicles6.tar (4,800 photographs in train/ and test/, six classes), nothing
/// when it is not there.
inline std::optional<std::string> vehicles6_archive() {
  const auto path = real_data("vehicles6.tar");
  return path ? std::optional(path->string()) : std::nullopt;
}

/// Why a test without it is skipped.
inline constexpr const char* kNoVehicles6 =
    "CONVOY_TEST_DATA names no folder with vehicles6.tar";

/// A folder with squeezenet1_0-imagenet.pth and .safetensors: the same weights,
/// trained by others.
inline std::optional<std::filesystem::path> real_weights() {
  return real_data("weights");
}
inline constexpr const char* kNoRealWeights =
    "CONVOY_TEST_DATA names no folder with weights/";

/// Unpacks vehicles6.tar below `folder`, and returns the unpacked tree.
inline std::string unpack_vehicles6(
    const std::string& archive, const std::string& folder) {
  const Ran ran = run({"tar", "-xf", archive, "-C", folder});
  if (ran.status != 0) {
    throw std::runtime_error("tar failed: " + ran.output);
  }
  return folder + "/vehicles6";
}

}  // namespace convoy::testing
