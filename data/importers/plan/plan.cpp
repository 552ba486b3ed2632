#include "data/importers/plan/plan.h"

#include <algorithm>
#include <numeric>

#include "data/store/hash.h"

namespace convoy {

bool ImportPlan::has(Split split) const {
  return std::any_of(
      sources.begin(), sources.end(), [split](const Source& source) {
        return source.split == split;
      });
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
