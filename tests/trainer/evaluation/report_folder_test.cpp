#include "trainer/evaluation/report_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "data/loader/lmdb_dataset.h"
#include "tests/support/files.h"
#include "tests/support/small_database.h"
#include "tests/support/temp_dir.h"
#include "tests/trainer/evaluation/made.h"

namespace convoy {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

std::set<std::string> files_below(const fs::path& folder) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      files.insert(fs::relative(entry.path(), folder).string());
    }
  }
  return files;
}

class ReportFolder : public ::testing::Test {
 protected:
  /// Writes a report to dir_/report.
  void write(const FigureWishes& wishes, std::size_t worst) {
    const EvaluationFigures figures =
        figures_of(predictions_, names_, keys_, wishes);
    NewFolder folder(dir_ / "report", true, kReportMarker);
    auto entries = worst_entries(predictions_.samples, names_, keys_, worst);
    if (worst > 0) {
      write_worst_pictures(folder, dataset_, entries, [this] { ++alive_; });
    }
    const std::string json = "{}\n";
    write_report(folder, {predictions_, figures, keys_, entries, json});
    folder.publish();
  }

  const testing::TempDir dir_;
  const LmdbDataset dataset_{
      testing::write_small_database(dir_ / "val.lmdb", {.records = 3}), {}};
  const Predictions predictions_ = testing::predictions_of(
      {{0, {0.75, 0.25}}, {1, {0.5, 0.5}}, {1, {0.25, 0.75}}});
  const std::vector<std::string> names_{"a", "b"};
  const std::vector<std::string> keys_{"00000", "00001", "00002"};
  int alive_ = 0;
};

TEST_F(ReportFolder, HoldsWhatThereIsToSay) {
  write({}, 0);
  EXPECT_THAT(
      files_below(dir_ / "report"),
      ElementsAre(
          "confusion.csv",
          "confusion.svg",
          "per_class.csv",
          "reliability.csv",
          "report.json",
          "samples.csv",
          "thresholds.csv"));
}

TEST_F(ReportFolder, HoldsGroupsAndPicturesWhereTheyWereAskedFor) {
  FigureWishes wishes;
  wishes.is_ng = {false, true};
  wishes.group_by.emplace("(.)$");
  write(wishes, 2);
  const auto files = files_below(dir_ / "report");
  for (const char* name :
       {"groups.csv",
        "ng_thresholds.csv",
        "worst.html",
        "worst/0001_b_as_a.jpg",
        "worst/0002_a_as_a.jpg"}) {
    EXPECT_TRUE(files.count(name)) << name;
  }
  EXPECT_EQ(alive_, 2);
}

TEST_F(ReportFolder, IsReplacedAsAWhole) {
  write({}, 2);
  write({}, 0);
  EXPECT_EQ(files_below(dir_ / "report").count("worst.html"), 0U);
}

}  // namespace
}  // namespace convoy
