#include "data/importers/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "data/errors.h"
#include "data/store/hash.h"
#include "data/store/printable.h"

namespace convoy {

bool ImportPlan::has(Split split) const {
  return std::any_of(
      sources.begin(), sources.end(), [split](const Source& source) {
        return source.split == split;
      });
}

void check_class_name(const std::string& name) {
  if (std::any_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20;
      })) {
    throw BadData(fmt::format(
        "the class '{}' has a control character in its name; rename it",
        printable(name)));
  }
}

std::optional<std::string> reason_to_refuse(const std::string& path) {
  const std::filesystem::path parts(path);
  if (std::find(parts.begin(), parts.end(), "..") != parts.end()) {
    return "its path climbs out of a folder with '..'";
  }
  return std::nullopt;
}

void shuffle_sources(std::uint64_t seed, std::vector<Source>& sources) {
  struct Place {
    std::uint64_t hash;
    std::size_t index;
    bool operator<(const Place& other) const {
      return hash != other.hash ? hash < other.hash : index < other.index;
    }
  };
  std::vector<Place> places(sources.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i] = {hash64(sources[i].name, seed), i};
  }
  std::sort(places.begin(), places.end());
  std::vector<Source> shuffled;
  shuffled.reserve(sources.size());
  for (const Place& place : places) {
    shuffled.push_back(std::move(sources[place.index]));
  }
  sources = std::move(shuffled);
}

}  // namespace convoy
