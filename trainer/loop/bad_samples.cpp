#include "trainer/loop/bad_samples.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <sstream>

namespace convoy {

std::vector<std::string> reasons_of_all(
    Control& control, const std::vector<BadSample>& mine) {
  std::string lines;
  for (const BadSample& bad : mine) {
    lines += fmt::format("{} {}\n", bad.index, bad.reason);
  }
  std::map<std::uint64_t, std::string> by_index;
  for (const std::string& theirs : control.all_gather(lines)) {
    std::istringstream words(theirs);
    std::uint64_t index = 0;
    for (std::string reason;
         words >> index && std::getline(words >> std::ws, reason);) {
      by_index[index] = reason;
    }
  }
  std::vector<std::string> reasons;
  for (auto& [index, reason] : by_index) {
    reasons.push_back(std::move(reason));
  }
  return reasons;
}

}  // namespace convoy
