// Finds classes and their pictures in a folder.

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "data/errors.h"
#include "data/importers/plan/plan.h"

namespace convoy {
namespace {

namespace fs = std::filesystem;

// What is in a folder and not hidden, sorted by the bytes of its names: the
// same on every machine.
std::vector<fs::path> visible_entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.path().filename().string().starts_with('.')) {
      entries.push_back(entry.path());
    }
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.filename().string() < b.filename().string();
  });
  return entries;
}

std::vector<fs::path> visible_folders(const fs::path& folder) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (fs::path& entry : visible_entries(folder)) {
    if (fs::is_directory(entry, error)) {
      folders.push_back(std::move(entry));
    }
  }
  return folders;
}

// Which folder it is, however its path is written.
using Identity = std::pair<dev_t, ino_t>;

std::optional<Identity> identity_of(const fs::path& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) {
    return std::nullopt;
  }
  return Identity{facts.st_dev, facts.st_ino};
}

// All files below the folder of one class.
class ClassWalk {
 public:
  ClassWalk(const Source& pattern, ImportPlan& plan)
      : pattern_(pattern), plan_(plan) {}

  void walk(const fs::path& folder, const std::string& name) {
    const auto identity = identity_of(folder);
    if (!identity || !above_.insert(*identity).second) {
      refuse(name, "it is a link that leads back to a folder above it");
      return;
    }
    std::vector<fs::path> entries;
    try {
      entries = visible_entries(folder);
    } catch (const fs::filesystem_error& error) {
      refuse(name, error.code().message());
    }
    for (const fs::path& entry : entries) {
      take(entry, name + "/" + entry.filename().string());
    }
    above_.erase(*identity);
  }

 private:
  void take(const fs::path& entry, const std::string& name) {
    std::error_code error;
    const fs::file_status status = fs::status(entry, error);
    if (fs::is_directory(status)) {
      walk(entry, name);
    } else if (fs::is_regular_file(status)) {
      Source source = pattern_;
      source.file = entry.string();
      source.name = name;
      plan_.sources.push_back(std::move(source));
    } else {
      refuse(
          name,
          fs::exists(status) ? "it is neither a file nor a folder"
                             : "it is a link to nothing");
    }
  }

  void refuse(const std::string& name, std::string reason) {
    plan_.refused.push_back({name, std::move(reason)});
  }

  const Source& pattern_;
  ImportPlan& plan_;
  std::set<Identity> above_;  // the folders that the walk is in
};

std::optional<Split> split_named(const std::string& name) {
  if (name == "train") {
    return Split::train;
  }
  if (name == "val" || name == "valid" || name == "validation") {
    return Split::val;
  }
  if (name == "test") {
    return Split::test;
  }
  return std::nullopt;
}

// A folder of classes, and the part that its pictures go to.
struct Part {
  fs::path folder;
  std::string prefix;  // of names, so that they differ between parts
  Split split = Split::train;
};

// The parts of a folder that is split already; none when it is not.
std::vector<Part> split_parts(const std::vector<fs::path>& folders) {
  std::vector<Part> parts;
  std::set<Split> seen;
  for (const fs::path& folder : folders) {
    const std::string name = folder.filename().string();
    const auto split = split_named(name);
    if (!split || visible_folders(folder).empty()) {
      return {};
    }
    if (!seen.insert(*split).second) {
      throw BadData(fmt::format(
          "{} holds two folders for validation; keep one of val, valid and "
          "validation",
          folder.parent_path().string()));
    }
    parts.push_back({folder, name + "/", *split});
  }
  return seen.contains(Split::train) ? parts : std::vector<Part>();
}

std::vector<std::string> class_names_of(const std::vector<Part>& parts) {
  std::set<std::string> all;
  for (const Part& part : parts) {
    for (const fs::path& folder : visible_folders(part.folder)) {
      check_class_name(folder.filename().string());
      all.insert(folder.filename().string());
    }
  }
  return {all.begin(), all.end()};
}

void add_part(const Part& part, ImportPlan& plan) {
  for (const fs::path& folder : visible_folders(part.folder)) {
    const std::string name = folder.filename().string();
    const auto place = std::lower_bound(
        plan.class_names.begin(), plan.class_names.end(), name);
    const Source pattern{
        .file = {},
        .name = {},
        .label = static_cast<int>(place - plan.class_names.begin()),
        .split = part.split};
    const std::size_t before = plan.sources.size();
    ClassWalk(pattern, plan).walk(folder, part.prefix + name);
    if (plan.sources.size() == before) {
      plan.hollow.push_back(
          {part.prefix + name,
           fmt::format(
               "{} holds no files; fill it or remove it", folder.string())});
    }
  }
}

std::vector<Part> parts_of(const fs::path& source) {
  std::error_code error;
  if (!fs::is_directory(source, error)) {
    throw MissingInput(fmt::format(
        "{} is no folder{}{}; name the folder that holds one folder a class",
        source.string(),
        error ? ": " : "",
        error ? error.message() : ""));
  }
  try {
    const auto folders = visible_folders(source);
    if (folders.empty()) {
      throw BadData(fmt::format(
          "{} holds no folders; one folder a class was wanted, named as the "
          "class, with its pictures",
          source.string()));
    }
    auto parts = split_parts(folders);
    return parts.empty() ? std::vector<Part>{{source, "", Split::train}}
                         : parts;
  } catch (const fs::filesystem_error& failure) {
    throw MissingInput(fmt::format(
        "{} can't be read: {}", source.string(), failure.code().message()));
  }
}

}  // namespace

ImportPlan plan_folder(const std::string& folder) {
  const fs::path source = fs::absolute(folder).lexically_normal();
  const std::vector<Part> parts = parts_of(source);
  ImportPlan plan;
  plan.class_names = class_names_of(parts);
  for (const Part& part : parts) {
    add_part(part, plan);
  }
  plan.made_by = {{"command", "import folder"}, {"source", source.string()}};
  return plan;
}

}  // namespace convoy
