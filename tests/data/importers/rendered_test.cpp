// The built-in set as databases and as folders.

#include "data/importers/rendered.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "data/image/decode.h"
#include "data/importers/import.h"
#include "data/render/render.h"
#include "data/store/database.h"
#include "data/store/sidecar.h"
#include "tests/data/importers/photos.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using testing::read_bytes;
using testing::TempDir;
using ::testing::ThrowsMessage;
namespace fs = std::filesystem;

RenderedSetOptions small(const std::string& output) {
  return {
      .output = output,
      .size_px = 32,
      .train_per_class = 2,
      .val_per_class = 1};
}

TEST(RenderedSet, ItsDatabasesDoNotDependOnTheWorkers) {
  const TempDir dir;
  for (const int workers : {1, 3}) {
    auto options = small(dir / std::to_string(workers));
    options.workers = workers;
    render_set(options);
  }
  for (const char* part : {"train.lmdb", "val.lmdb"}) {
    EXPECT_TRUE(
        read_bytes((dir / "1/") + part + "/data.mdb") ==
        read_bytes((dir / "3/") + part + "/data.mdb"))
        << part;
  }
}

TEST(RenderedSet, LabelsAreTheRenderersClasses) {
  const TempDir dir;
  render_set(small(dir / "set"));
  const Database database(dir / "set/train.lmdb");
  ASSERT_EQ(database.size(), 200u);
  Datum datum;
  const std::string key(database.read_datum(103, true, datum));
  EXPECT_EQ(datum.label, 3);
  EXPECT_THAT(key, HasSubstr(render_class_names()[3]));
  const auto facts = read_sidecar(database);
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->class_names, render_class_names());
  EXPECT_EQ(facts->width.max, 32);
}

TEST(RenderedSet, FoldersHoldThePicturesOfTheDatabases) {
  const TempDir dir;
  render_set(small(dir / "set"));
  auto options = small(dir / "tree");
  options.as_folders = true;
  render_set(options);
  const ImportReport report = import_folder(
      dir / "tree", {.output = dir / "again", .keep_bytes = true});
  EXPECT_EQ(report.refused.size(), 0u);
  ASSERT_EQ(report.parts.size(), 2u);
  for (const char* part : {"train.lmdb", "val.lmdb"}) {
    const Database a((dir / "set/") + part);
    const Database b((dir / "again/") + part);
    std::multiset<std::pair<int, std::string>> of_a;
    std::multiset<std::pair<int, std::string>> of_b;
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      Datum d;
      a.read_datum(i, true, d);
      of_a.insert({d.label, std::string(d.data.begin(), d.data.end())});
      b.read_datum(i, true, d);
      of_b.insert({d.label, std::string(d.data.begin(), d.data.end())});
    }
    EXPECT_TRUE(of_a == of_b) << part;
  }
}

TEST(RenderedSet, ReplacesOnlyWhatItWrote) {
  const TempDir dir;
  auto options = small(dir / "tree");
  options.as_folders = true;
  render_set(options);
  EXPECT_THROW(render_set(options), WriteFailure);
  options.overwrite = true;
  render_set(options);
  fs::create_directories(dir / "mine");
  testing::write_text(dir / "mine/letter.txt", "dear");
  options.output = dir / "mine";
  EXPECT_THROW(render_set(options), WriteFailure);
  EXPECT_EQ(testing::read_text(dir / "mine/letter.txt"), "dear");
}

TEST(RenderedSet, RefusesOptionsWithTheirRange) {
  const TempDir dir;
  auto options = small(dir / "set");
  options.size_px = 20;
  EXPECT_THAT(
      [&] { render_set(options); },
      ThrowsMessage<BadData>(HasSubstr("px is 20; wanted 32 to 512")));
  EXPECT_FALSE(fs::exists(dir / "set"));
}

}  // namespace
}  // namespace convoy
