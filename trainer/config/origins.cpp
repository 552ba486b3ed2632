#include "trainer/config/origins.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace convoy {

void Origins::set(const std::string& key, const std::string& place) {
  places_[key] = place;
  spoilt_.erase(key);
}

void Origins::spoil(const std::string& key) {
  spoilt_.insert(key);
}

void Origins::suspect(const std::string& key) {
  suspected_.insert(key);
}

bool Origins::is_spoilt(const std::string& key) const {
  if (suspected_.contains(key) && !places_.contains(key)) {
    return true;
  }
  return std::any_of(
      spoilt_.begin(), spoilt_.end(), [&](const std::string& bad) {
        return bad.empty() || key == bad || key.starts_with(bad + ".");
      });
}

std::string Origins::of(const std::vector<std::string>& keys) const {
  std::vector<std::string> places;
  for (const std::string& key : keys) {
    const auto found = places_.find(key);
    if (found != places_.end() &&
        std::find(places.begin(), places.end(), found->second) ==
            places.end()) {
      places.push_back(found->second);
    }
  }
  return places.empty() ? file_ : fmt::format("{}", fmt::join(places, ", "));
}

}  // namespace convoy
