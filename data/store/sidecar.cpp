#include "data/store/sidecar.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "data/errors.h"
#include "data/store/durable.h"

namespace convoy {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr const char* kFormat = "convoy dataset 1";
constexpr const char* kFactsFile = "dataset.json";
constexpr const char* kLabelsFile = "labels.txt";
constexpr std::size_t kMaxBytes = std::size_t{64} << 20;

Json range_to_json(const Range& range) {
  return {{"min", range.min}, {"max", range.max}};
}

Range range_from_json(const Json& json) {
  return {json.at("min").get<int>(), json.at("max").get<int>()};
}

Json classes_to_json(const DatasetFacts& facts) {
  Json classes = Json::array();
  const auto counts = facts.class_counts();
  for (std::size_t label = 0; label < counts.size(); ++label) {
    Json one{{"label", label}};
    if (label < facts.class_names.size()) {  // else it has none
      one["name"] = facts.class_names[label];
    }
    one["records"] = counts[label];
    classes.push_back(one);
  }
  return classes;
}

// Labels that are no class: a stranger's database may hold them.
Json negative_labels_to_json(const DatasetFacts& facts) {
  Json labels = Json::array();
  for (const auto& [label, records] : facts.label_counts) {
    if (label < 0) {
      labels.push_back({{"label", label}, {"records", records}});
    }
  }
  return labels;
}

void negative_labels_from_json(const Json& json, DatasetFacts& facts) {
  for (const Json& entry : json) {
    facts.label_counts[entry.at("label").get<int>()] =
        entry.at("records").get<std::uint64_t>();
  }
}

void classes_from_json(const Json& json, DatasetFacts& facts) {
  int expected = 0;
  for (const Json& entry : json) {
    const int label = entry.at("label").get<int>();
    if (label != expected) {
      throw BadData(fmt::format("its class {} has label {}", expected, label));
    }
    ++expected;
    if (entry.contains("name")) {
      facts.class_names.push_back(entry.at("name").get<std::string>());
    }
    if (entry.contains("name") &&
        static_cast<int>(facts.class_names.size()) != expected) {
      throw BadData(fmt::format(
          "its class {} has a name, and one before it has none", label));
    }
    const auto records = entry.at("records").get<std::uint64_t>();
    if (records > 0) {
      facts.label_counts[label] = records;
    }
  }
}

std::string folder_of(const Database& database) {
  return fs::is_directory(database.path()) ? database.path() : std::string();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  while (start < text.size()) {
    std::size_t end = std::min(text.find('\n', start), text.size());
    const std::size_t next = end + 1;
    if (end > start && text[end - 1] == '\r') {
      --end;
    }
    lines.push_back(text.substr(start, end - start));
    start = next;
  }
  return lines;
}

}  // namespace

std::string facts_to_json(const DatasetFacts& facts) {
  Json json = {
      {"format", kFormat},
      {"records", facts.records},
      {"classes", classes_to_json(facts)},
      {"height", range_to_json(facts.height)},
      {"width", range_to_json(facts.width)},
      {"channels", range_to_json(facts.channels)},
      {"encoded", facts.encoded},
      {"raw", facts.raw},
      {"floats", facts.floats},
      {"checksums", facts.checksums},
      {"in_parts", facts.in_parts},
      {"payload_bytes", facts.payload_bytes},
      {"fingerprint", facts.fingerprint},
      {"identity", facts.identity},
      {"made_by", facts.made_by}};
  if (!facts.label_counts.empty() && facts.label_counts.begin()->first < 0) {
    json["negative_labels"] = negative_labels_to_json(facts);
  }
  if (facts.unlabelled > 0) {
    json["unlabelled"] = facts.unlabelled;
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

DatasetFacts facts_from_json(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("format") != kFormat) {
      throw BadData(fmt::format(
          "its format is {}, and {:?} can be read",
          json.at("format").dump(),
          kFormat));
    }
    DatasetFacts facts;
    facts.records = json.at("records").get<std::uint64_t>();
    classes_from_json(json.at("classes"), facts);
    negative_labels_from_json(
        json.value("negative_labels", Json::array()), facts);
    facts.unlabelled = json.value("unlabelled", std::uint64_t{0});
    facts.height = range_from_json(json.at("height"));
    facts.width = range_from_json(json.at("width"));
    facts.channels = range_from_json(json.at("channels"));
    facts.encoded = json.at("encoded").get<std::uint64_t>();
    facts.raw = json.at("raw").get<std::uint64_t>();
    facts.floats = json.at("floats").get<std::uint64_t>();
    facts.checksums = json.at("checksums").get<std::uint64_t>();
    facts.in_parts = json.value("in_parts", std::uint64_t{0});
    facts.payload_bytes = json.at("payload_bytes").get<std::uint64_t>();
    facts.fingerprint = json.at("fingerprint").get<std::string>();
    facts.identity = json.at("identity").get<std::string>();
    facts.made_by =
        json.at("made_by").get<std::map<std::string, std::string>>();
    return facts;
  } catch (const Json::exception& error) {
    throw BadData(fmt::format("it can't be understood: {}", error.what()));
  }
}

std::optional<DatasetFacts> read_sidecar(const Database& database) {
  const std::string path =
      (fs::path(folder_of(database)) / kFactsFile).string();
  if (folder_of(database).empty() || !fs::exists(path)) {
    return std::nullopt;
  }
  try {
    DatasetFacts facts = facts_from_json(read_whole_file(path, kMaxBytes));
    if (facts.records != database.size() ||
        facts.identity != database.identity()) {
      throw BadData(fmt::format(
          "it describes {} records with keys {}, and the database beside it "
          "holds {} with keys {}: they do not belong together; copy both from "
          "one place",
          facts.records,
          facts.identity,
          database.size(),
          database.identity()));
    }
    return facts;
  } catch (const BadData& error) {
    throw BadData(fmt::format("{} can't be used: {}", path, error.what()));
  }
}

std::vector<std::string> read_labels(const Database& database) {
  const fs::path path = fs::path(folder_of(database)) / kLabelsFile;
  if (folder_of(database).empty() || !fs::exists(path)) {
    return {};
  }
  return lines_of(read_whole_file(path.string(), kMaxBytes));
}

void write_sidecar(const std::string& folder, const DatasetFacts& facts) {
  const fs::path base(folder);
  write_durably((base / kFactsFile).string(), facts_to_json(facts));
  if (!facts.class_names.empty()) {
    std::string labels;
    for (const std::string& name : facts.class_names) {
      labels += name + "\n";
    }
    write_durably((base / kLabelsFile).string(), labels);
  }
}

}  // namespace convoy
