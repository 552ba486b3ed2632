#pragma once
// Files that appear whole or not at all.

#include <filesystem>
#include <span>
#include <string_view>

namespace convoy {

/// Writes `pieces` one behind the other under a temporary name in the same
/// folder, syncs the file, renames it to `path` and syncs the folder. Throws
/// WriteFailure with the cause and nothing left behind; an older file at `path`
/// is then untouched.
void write_atomically(
    const std::filesystem::path& path,
    std::span<const std::string_view> pieces);

void write_atomically(
    const std::filesystem::path& path, std::string_view content);

/// Removes temporary files that a killed writer left in `folder`.
void remove_leftovers(const std::filesystem::path& folder);

}  // namespace convoy
