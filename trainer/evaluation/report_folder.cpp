#include "trainer/evaluation/report_folder.h"

#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "data/store/durable.h"
#include "trainer/evaluation/confusion_svg.h"
#include "trainer/evaluation/tables.h"

namespace convoy {
namespace {

namespace fs = std::filesystem;

/// A failure names the file as it is to be in the end.
void write_into(
    const NewFolder& folder, const std::string& name, std::string_view bytes) {
  write_durably(
      (fs::path(folder.path()) / name).string(),
      std::array{bytes},
      (fs::path(folder.target()) / name).string());
}

}  // namespace

void write_worst_pictures(
    const NewFolder& folder,
    const Dataset& dataset,
    std::vector<WorstEntry>& entries,
    const std::function<void()>& alive) {
  const std::string pictures = (fs::path(folder.path()) / "worst").string();
  std::error_code error;
  fs::create_directory(pictures, error);
  if (error) {
    throw_write_failure(error.value(), "create a folder", pictures);
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    WorstEntry& entry = entries[i];
    const auto bytes = picture_of(dataset, entry.result.index);
    if (!bytes.empty()) {
      entry.file =
          "worst/" + worst_file_name(i + 1, entry.label, entry.predicted);
      write_into(
          folder,
          entry.file,
          {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    alive();
  }
  sync_folder(pictures);
}

void write_report(const NewFolder& folder, const ReportContent& content) {
  const EvaluationFigures& figures = content.figures;
  const auto write = [&](const char* name, const std::string& text) {
    write_into(folder, name, text);
  };
  write("per_class.csv", per_class_csv(figures));
  write("confusion.csv", confusion_csv(figures));
  write("confusion.svg", confusion_svg(figures.matrix, figures.class_names));
  write(
      "samples.csv",
      samples_csv(
          content.predictions,
          figures.class_names,
          content.keys,
          figures.two_groups ? figures.two_groups->scores
                             : std::vector<GroupScore>{}));
  write("thresholds.csv", thresholds_csv(figures.coverage));
  if (figures.calibration) {
    write("reliability.csv", reliability_csv(*figures.calibration));
  }
  if (figures.two_groups) {
    write("ng_thresholds.csv", ng_thresholds_csv(figures.two_groups->table));
  }
  if (!figures.key_groups.empty()) {
    write("groups.csv", groups_csv(figures.key_groups));
  }
  if (!content.worst.empty()) {
    write("worst.html", worst_page(content.worst));
  }
  write(kReportMarker, content.json);
}

}  // namespace convoy
