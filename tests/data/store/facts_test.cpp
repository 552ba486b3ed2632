// Facts beside a database, facts from a scan, and what sort of database it is.

#include "data/store/facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "data/store/flavour.h"
#include "data/store/scan.h"
#include "data/store/sidecar.h"
#include "data/store/writer.h"
#include "tests/data/store/foreign.h"
#include "tests/support/files.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using testing::foreign;
using ::testing::HasSubstr;
using testing::TempDir;
using ::testing::ThrowsMessage;
namespace fs = std::filesystem;

// Copies a database through our writer, keys and contents as they are.
DatasetFacts copy(const std::string& from, const std::string& to) {
  const Database database(from);
  Writer writer(to);
  Datum datum;
  for (std::size_t i = 0; i < database.size(); ++i) {
    const std::string_view key = database.read_datum(i, true, datum);
    writer.add(key, datum);
  }
  return writer.finish({{"zero", "one", "two", "three"}, {{"by", "hand"}}});
}

TEST(Facts, AScanCountsWhatIsThere) {
  const DatasetFacts facts = scan(Database(foreign("encoded")));
  EXPECT_EQ(facts.records, 70u);
  EXPECT_THAT(facts.class_counts(), ElementsAre(14, 14, 14, 14, 14));
  EXPECT_EQ(facts.height.min, 10);
  EXPECT_EQ(facts.height.max, 79);
  EXPECT_EQ(facts.width.min, 12);
  EXPECT_EQ(facts.channels.min, 3);
  EXPECT_EQ(facts.encoded, 70u);
  EXPECT_EQ(facts.checksums, 0u);
  EXPECT_EQ(facts.name_of(3), "class 3");
}

TEST(Facts, AScanSeesRawFloatsNegativeAndMissingLabels) {
  EXPECT_EQ(scan(Database(foreign("bgr_raw"))).raw, 40u);
  EXPECT_EQ(scan(Database(foreign("floats"))).floats, 6u);
  const DatasetFacts negative = scan(Database(foreign("negative")));
  EXPECT_EQ(negative.label_counts.begin()->first, -2147483648);
  EXPECT_TRUE(negative.class_counts().empty());
  EXPECT_EQ(scan(Database(foreign("unlabelled"))).unlabelled, 1u);
}

TEST(Facts, TheFingerprintIsThatOfTheContent) {
  const TempDir dir;
  const DatasetFacts copied = copy(foreign("bgr_raw"), dir / "copy");
  EXPECT_EQ(copied.fingerprint, scan(Database(foreign("bgr_raw"))).fingerprint);
  EXPECT_EQ(copied.fingerprint, scan(Database(dir / "copy")).fingerprint);
  EXPECT_NE(
      copied.fingerprint, scan(Database(foreign("gray_raw"))).fingerprint);
  // Packed or not, floats are the same floats.
  EXPECT_EQ(
      scan(Database(foreign("floats"))).fingerprint,
      scan(Database(foreign("floats_packed"))).fingerprint);
}

TEST(Facts, TheSidecarHoldsThemAll) {
  const TempDir dir;
  const DatasetFacts wrote = copy(foreign("bgr_raw"), dir / "copy");
  const Database database(dir / "copy");
  const auto read = read_sidecar(database);
  ASSERT_TRUE(read);
  EXPECT_EQ(facts_to_json(*read), facts_to_json(wrote));
  EXPECT_EQ(read->records, 40u);
  EXPECT_EQ(read->identity, database.identity());
  EXPECT_EQ(read->checksums, 40u);
  EXPECT_EQ(read->made_by.at("by"), "hand");
  EXPECT_THAT(read->class_names, ElementsAre("zero", "one", "two", "three"));
  EXPECT_THAT(read->class_counts(), ElementsAre(10, 10, 10, 10));
  EXPECT_EQ(
      testing::read_text(dir / "copy/labels.txt"), "zero\none\ntwo\nthree\n");
  EXPECT_EQ(facts_to_json(facts_of(database)), facts_to_json(wrote));
}

TEST(Facts, TheirJsonKeepsNegativeAndMissingLabels) {
  for (const char* name : {"negative", "unlabelled"}) {
    const DatasetFacts facts = scan(Database(foreign(name)));
    const DatasetFacts back = facts_from_json(facts_to_json(facts));
    EXPECT_EQ(back.label_counts, facts.label_counts) << name;
    EXPECT_EQ(back.unlabelled, facts.unlabelled) << name;
  }
}

TEST(Facts, ASidecarOfAnotherDatabaseIsRefused) {
  const TempDir dir;
  copy(foreign("bgr_raw"), dir / "copy");
  fs::copy_file(
      foreign("digits") + "/data.mdb",
      dir / "copy/data.mdb",
      fs::copy_options::overwrite_existing);
  const Database database(dir / "copy");
  EXPECT_THAT(
      [&] { read_sidecar(database); },
      ThrowsMessage<BadData>(HasSubstr("do not belong together")));
}

TEST(Facts, ADamagedSidecarIsRefusedInWords) {
  const TempDir dir;
  copy(foreign("bgr_raw"), dir / "copy");
  const Database database(dir / "copy");
  const std::string whole = testing::read_text(dir / "copy/dataset.json");
  std::string other = whole;
  other.replace(other.find("dataset 1"), 9, "dataset 9");
  for (const std::string& text :
       {whole.substr(0, 200), other, std::string("[]"), std::string()}) {
    testing::write_text(dir / "copy/dataset.json", text);
    EXPECT_THAT(
        [&] { read_sidecar(database); },
        ThrowsMessage<BadData>(HasSubstr("dataset.json can't be used")));
  }
}

TEST(Facts, LabelsTxtOfOthersGivesNames) {
  const TempDir dir;
  fs::copy(foreign("digits"), dir / "job");
  testing::write_text(dir / "job/labels.txt", "a\r\nb\nc d\ne\nf\ng\nh");
  const DatasetFacts facts = scan(Database(dir / "job"));
  EXPECT_THAT(
      facts.class_names, ElementsAre("a", "b", "c d", "e", "f", "g", "h"));
  testing::write_text(dir / "job/labels.txt", "too\nfew\n");
  EXPECT_TRUE(scan(Database(dir / "job")).class_names.empty());
}

TEST(Flavour, IsTold) {
  const std::vector<std::pair<std::string, Flavour>> all = {
      {"bgr_raw", Flavour::caffe},
      {"floats", Flavour::caffe},
      {"digits", Flavour::digits},
      {"many", Flavour::datum},
      {"caffe2", Flavour::caffe2},
      {"pickled", Flavour::pickle},
      {"bare_files", Flavour::pictures},
      {"empty", Flavour::empty}};
  for (const auto& [name, flavour] : all) {
    EXPECT_EQ(sniff_flavour(Database(foreign(name))), flavour) << name;
  }
  const TempDir dir;
  copy(foreign("digits"), dir / "copy");
  EXPECT_EQ(sniff_flavour(Database(dir / "copy")), Flavour::convoy);
}

TEST(Flavour, OneThatCannotBeReadSaysWhy) {
  EXPECT_THAT(
      [] { scan(Database(foreign("pickled"))); },
      ThrowsMessage<BadData>(HasSubstr("Python pickles")));
  EXPECT_THAT(
      [] { scan(Database(foreign("caffe2"))); },
      ThrowsMessage<BadData>(HasSubstr("Caffe2")));
}

std::vector<std::int32_t> labels_in(const std::string& name) {
  return labels_of(Database(foreign(name)), OnBadSample::stop);
}

TEST(LabelsOf, GivesTheLabelOfEachRecordInOrder) {
  const auto encoded = labels_in("encoded");
  ASSERT_EQ(encoded.size(), 70u);
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    EXPECT_EQ(encoded[i], static_cast<std::int32_t>(i % 5));
  }
  EXPECT_EQ(labels_in("floats"), (std::vector<std::int32_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(
      labels_in("negative"), (std::vector<std::int32_t>{-1, -2147483648}));
  EXPECT_EQ(labels_in("unlabelled"), std::vector<std::int32_t>{0});
  EXPECT_TRUE(labels_in("empty").empty());
}

TEST(LabelsOf, StopsAtARecordThatIsNoneOrPassesItOver) {
  EXPECT_THROW(labels_in("pickled"), BadData);
  EXPECT_EQ(
      labels_of(Database(foreign("pickled")), OnBadSample::skip),
      std::vector<std::int32_t>(4, -1));
}

TEST(LabelsOf, TellsHowFarItIs) {
  std::vector<std::size_t> done;
  labels_of(
      Database(foreign("many")),
      OnBadSample::stop,
      [&](std::size_t records, std::size_t all) {
        EXPECT_EQ(all, 5000u);
        done.push_back(records);
      });
  EXPECT_GT(done.size(), 3u);
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
}

}  // namespace
}  // namespace convoy
