#include "trainer/report/baseline.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "data/errors.h"

namespace convoy {
namespace {

double number(const nlohmann::json& row, const char* key) {
  const auto found = row.is_object() ? row.find(key) : row.end();
  return found != row.end() && found->is_number() ? found->get<double>() : 0;
}

}  // namespace

double read_baseline(const std::string& path) {
  std::ifstream file(path);
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (json.is_object() && json.contains("rows")) {
    for (const auto& row : json["rows"]) {
      const double rate = number(row, "images_per_second");
      if (number(row, "ranks") == 1 && rate > 0) {
        return rate;
      }
    }
  }
  throw BadData(fmt::format(
      "run.baseline: {} holds no images_per_second of one rank; `convoy "
      "scaling CONFIG --ranks 1,...` writes such a file",
      path));
}

}  // namespace convoy
