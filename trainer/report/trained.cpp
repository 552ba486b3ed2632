#include "trainer/report/trained.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <vector>

#include "nets/stages.h"

namespace convoy {
namespace {

std::int64_t count_values(const std::vector<NamedTensor>& tensors) {
  std::int64_t values = 0;
  for (const NamedTensor& entry : tensors) {
    values += entry.is_parameter ? entry.tensor.numel() : 0;
  }
  return values;
}

/// "conv1 to layer1.1", for each row of stages that are trained.
std::vector<std::string> trained_rows(const Model& model) {
  std::set<std::string> trained;
  for (const NamedTensor& entry : model.trained()) {
    trained.insert(entry.name);
  }
  const auto is_trained = [&](const std::string& name) {
    return trained.contains(name);
  };
  std::vector<std::string> rows;
  std::string first, last;
  const auto end_row = [&] {
    if (!first.empty()) {
      rows.push_back(first == last ? first : first + " to " + last);
    }
    first.clear();
  };
  for (const Stage& stage : stages_of(model.state(), model.facts())) {
    if (std::none_of(stage.tensors.begin(), stage.tensors.end(), is_trained)) {
      end_row();
      continue;
    }
    first = first.empty() ? stage.name : first;
    last = stage.name;
  }
  end_row();
  return rows;
}

}  // namespace

std::string describe_trained(const Model& model) {
  const std::int64_t all = count_values(model.state());
  const std::int64_t trained = count_values(model.trained());
  return trained == all ? fmt::format("all {} parameters", all)
                        : fmt::format(
                              "{} of {} parameters: {}",
                              trained,
                              all,
                              fmt::join(trained_rows(model), ", "));
}

}  // namespace convoy
