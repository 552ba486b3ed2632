#include "data/store/new_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "data/errors.h"
#include "data/store/durable.h"

namespace convoy {
namespace {

namespace fs = std::filesystem;

void check_target(
    const fs::path& target, bool overwrite, const std::string& marker) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(target, error))) {
    return;
  }
  if (!fs::is_directory(target, error)) {
    throw WriteFailure(fmt::format(
        "{} exists and is no folder; choose another name", target.string()));
  }
  if (fs::is_empty(target, error)) {
    return;
  }
  if (!fs::exists(target / marker, error)) {
    throw WriteFailure(fmt::format(
        "{} exists and holds something else than {}; choose another name",
        target.string(),
        marker));
  }
  if (!overwrite) {
    throw WriteFailure(fmt::format(
        "{} exists; choose another name, or replace it with --overwrite",
        target.string()));
  }
}

// A folder that was not there before.
std::string make_beside(const fs::path& target, const char* purpose) {
  for (int attempt = 0;; ++attempt) {
    const std::string name = fmt::format(
        ".{}.{}-{}-{}", target.filename().string(), purpose, getpid(), attempt);
    const std::string path = (target.parent_path() / name).string();
    if (mkdir(path.c_str(), 0777) == 0) {
      return path;
    }
    if (errno != EEXIST) {
      throw_write_failure(errno, "create a folder", path);
    }
  }
}

}  // namespace

NewFolder::NewFolder(
    const std::string& target, bool overwrite, const std::string& marker)
    : overwrite_(overwrite) {
  fs::path name = fs::absolute(target).lexically_normal();
  if (name.filename().empty()) {  // a trailing slash
    name = name.parent_path();
  }
  target_ = name.string();
  check_target(name, overwrite, marker);
  std::error_code error;
  fs::create_directories(name.parent_path(), error);
  if (error) {
    throw_write_failure(error.value(), "create a folder", target_);
  }
  path_ = make_beside(name, "incomplete");
}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (!path_.empty()) {
    fs::remove_all(path_, ignored);
  }
}

void NewFolder::publish() {
  sync_folder(path_);
  if (overwrite_ && fs::exists(target_)) {
    replace_target();
  } else if (std::rename(path_.c_str(), target_.c_str()) != 0) {
    // Over an empty folder, rename takes its place.
    throw_write_failure(errno, "give the folder its name", target_);
  } else {
    path_.clear();
  }
  sync_folder(fs::path(target_).parent_path().string());
}

// Afterwards path_ is the folder that was replaced, and goes.
void NewFolder::replace_target() {
  const char* from = path_.c_str();
  const char* to = target_.c_str();
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) == 0) {
    return;
  }
  // Some network file systems cannot exchange; there the name is free for a
  // moment.
  const std::string old = make_beside(target_, "replaced");
  if (std::rename(to, old.c_str()) != 0) {
    throw_write_failure(errno, "move the former folder away", target_);
  }
  if (std::rename(from, to) != 0) {
    const int error = errno;
    std::rename(old.c_str(), to);
    throw_write_failure(error, "give the folder its name", target_);
  }
  path_ = old;
}

}  // namespace convoy
