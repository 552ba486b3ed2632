#include "trainer/commands/import_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "data/store/printable.h"
#include "trainer/report/json_line.h"

namespace convoy {
namespace {

/// Key in JSON, count, and how the text puts it.
struct Conversion {
  const char* key;
  std::uint64_t count;
  const char* words;
};

std::vector<Conversion> list(const Conversions& c) {
  return {
      {"sixteen_bit", c.sixteen_bit, "scaled from 16 to 8 bits"},
      {"cmyk", c.cmyk, "from CMYK to RGB"},
      {"turned", c.turned, "turned by EXIF"},
      {"gray", c.gray, "gray in a colour set"},
      {"colour", c.colour, "colour in a gray set"},
      {"alpha", c.alpha, "without their transparency"},
      {"palette", c.palette, "from a palette"}};
}

std::string name_of_class(const ImportReport& report, std::size_t label) {
  return label < report.class_names.size() ? report.class_names[label]
                                           : fmt::format("class {}", label);
}

std::string databases_text(const ImportReport& report) {
  std::string text;
  for (const ImportedPart& part : report.parts) {
    text +=
        fmt::format("\n{}: {} pictures\n", part.database, part.facts.records);
    const auto counts = part.facts.class_counts();
    for (std::size_t c = 0; c < counts.size(); ++c) {
      text += fmt::format(
          "  {:>7}  {}\n", counts[c], part.facts.name_of(static_cast<int>(c)));
    }
  }
  return text;
}

/// Of an import that failed, so that each class in need is seen.
std::string classes_text(const ImportReport& report) {
  std::string text;
  for (std::size_t c = 0; c < report.classes.size(); ++c) {
    if (report.classes[c].files > 0) {
      text += fmt::format(
          "  {:>7} of {} files can be used: {}\n",
          report.classes[c].usable,
          report.classes[c].files,
          printable(name_of_class(report, c)));
    }
  }
  return text;
}

/// The first `most` of `lines`, and how many more there are.
std::string shortened(
    const std::vector<std::string>& lines,
    std::size_t most,
    const std::string& what) {
  const std::size_t shown = std::min(lines.size(), most);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    text += fmt::format("{}: {}\n", what, lines[i]);
  }
  return lines.size() == shown
             ? text
             : text + fmt::format(
                          "... and {} more {}\n", lines.size() - shown, what);
}

std::string duplicates_text(const Duplicates& group) {
  std::vector<std::string> names;
  for (const std::string& name : group.names) {
    names.push_back(printable(name));
  }
  return fmt::format(
      "{}{}{}",
      fmt::join(names, " = "),
      group.across_splits ? " (in different parts)" : "",
      group.across_classes ? " (under different labels)" : "");
}

}  // namespace

std::string report_text(const ImportReport& report, std::size_t most) {
  std::string text = fmt::format(
      "{} files read, {} written, {} refused\n",
      report.read,
      report.written,
      report.refused.size());
  text +=
      report.failure.empty() ? databases_text(report) : classes_text(report);
  std::vector<std::string> changes;
  for (const auto& [key, count, words] : list(report.conversions)) {
    if (count > 0) {
      changes.push_back(fmt::format("{} {}", count, words));
    }
  }
  if (!changes.empty()) {
    text += fmt::format("\nconverted: {}\n", fmt::join(changes, ", "));
  }
  for (const std::string& warning : report.warnings) {
    text += "warning: " + warning + "\n";
  }
  std::vector<std::string> refused;
  for (const Refusal& one : report.refused) {
    refused.push_back(fmt::format("{}: {}", printable(one.name), one.reason));
  }
  std::vector<std::string> duplicates;
  for (const Duplicates& group : report.duplicates) {
    duplicates.push_back(duplicates_text(group));
  }
  return text + shortened(refused, most, "refused") +
         shortened(duplicates, most, "duplicates");
}

std::string report_json(const ImportReport& report) {
  using Json = nlohmann::ordered_json;
  Json json{
      {"failure",
       report.failure.empty() ? Json(nullptr) : Json(report.failure)},
      {"read", report.read},
      {"written", report.written},
      {"class_names", report.class_names},
      {"classes", Json::array()},
      {"conversions", Json::object()},
      {"warnings", report.warnings},
      {"refused", Json::array()},
      {"duplicates", Json::array()},
      {"databases", Json::array()}};
  for (std::size_t c = 0; c < report.classes.size(); ++c) {
    if (report.classes[c].files > 0) {
      json["classes"].push_back(
          {{"label", c},
           {"name", name_of_class(report, c)},
           {"files", report.classes[c].files},
           {"usable", report.classes[c].usable}});
    }
  }
  for (const auto& [key, count, words] : list(report.conversions)) {
    json["conversions"][key] = count;
  }
  for (const Refusal& refusal : report.refused) {
    json["refused"].push_back(
        {{"name", refusal.name}, {"reason", refusal.reason}});
  }
  for (const Duplicates& group : report.duplicates) {
    json["duplicates"].push_back(
        {{"names", group.names},
         {"across_parts", group.across_splits},
         {"across_classes", group.across_classes}});
  }
  for (const ImportedPart& part : report.parts) {
    json["databases"].push_back(
        {{"part", std::string(name_of(part.split))},
         {"path", part.database},
         {"records", part.facts.records},
         {"fingerprint", part.facts.fingerprint},
         {"class_counts", part.facts.class_counts()}});
  }
  return json_line(json);
}

}  // namespace convoy
