#pragma once
// Whole files: read with a cap, written so that they outlive a power cut.

#include <span>
#include <string>
#include <string_view>

namespace convoy {

/// Throws MissingInput when it can't be opened, BadData beyond `max_bytes`.
std::string read_whole_file(const std::string& path, std::size_t max_bytes);

/// Creates `path`, which must not exist, and waits until it is on the disk.
/// Throws WriteFailure.
void write_durably(const std::string& path, std::string_view bytes);

/// The same with several pieces, one behind the other. A failure names
/// `destination`, the path that the file is to have in the end.
void write_durably(
    const std::string& path,
    std::span<const std::string_view> pieces,
    const std::string& destination);

/// Waits until a folder's entries are on the disk. Throws WriteFailure.
void sync_folder(const std::string& path);

/// Throws WriteFailure for the errno value `error`: "disk full" with what is
/// free for ENOSPC and its like, a remedy for missing permission. `what` is
/// what was tried, `path` where.
[[noreturn]] void throw_write_failure(
    int error, std::string_view what, const std::string& path);

}  // namespace convoy
