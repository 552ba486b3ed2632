#include "data/store/atomic_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "data/errors.h"
#include "data/store/durable.h"

namespace convoy {
namespace {

constexpr std::string_view kTemporary = ".writing-";

}  // namespace

void write_atomically(
    const std::filesystem::path& path,
    std::span<const std::string_view> pieces) {
  const auto destination = std::filesystem::absolute(path);
  const auto folder = destination.parent_path();
  const std::string temporary =
      folder /
      fmt::format("{}{}-{}", kTemporary, ::getpid(), path.filename().string());
  // A killed writer may have had the same process id.
  ::unlink(temporary.c_str());
  try {
    write_durably(temporary, pieces, destination.string());
    if (std::rename(temporary.c_str(), destination.c_str()) != 0) {
      throw_write_failure(errno, "rename the file", destination.string());
    }
  } catch (const WriteFailure&) {
    ::unlink(temporary.c_str());
    throw;
  }
  sync_folder(folder.string());
}

void write_atomically(
    const std::filesystem::path& path, std::string_view content) {
  write_atomically(path, std::span(&content, 1));
}

void remove_leftovers(const std::filesystem::path& folder) {
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.path().filename().string().starts_with(kTemporary)) {
      std::filesystem::remove(entry.path(), ignored);
    }
  }
}

}  // namespace convoy
