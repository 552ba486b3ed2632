#include "nets/stages.h"

#include <algorithm>

namespace convoy {

std::string stage_of(const std::string& name) {
  const std::size_t first = name.find('.');
  return name.substr(0, name.find('.', first + 1));
}

std::vector<std::string> stages_of(const std::vector<NamedTensor>& state) {
  std::vector<std::string> stages;
  for (const NamedTensor& entry : state) {
    const std::string stage = stage_of(entry.name);
    if (std::find(stages.begin(), stages.end(), stage) == stages.end()) {
      stages.push_back(stage);
    }
  }
  return stages;
}

bool lies_in(const std::string& name, const std::string& layer) {
  return name == layer || name.starts_with(layer + ".");
}

}  // namespace convoy
