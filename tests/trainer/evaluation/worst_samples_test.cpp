#include "trainer/evaluation/worst_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/image/decode.h"
#include "data/loader/lmdb_dataset.h"
#include "data/store/writer.h"
#include "tests/support/temp_dir.h"
#include "tests/trainer/evaluation/made.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

SampleResult of_loss(double loss) {
  SampleResult sample = testing::taken(0, 1, 0.75);
  sample.loss = loss;
  return sample;
}

TEST(WorstSamples, ComeByLossAndThenByIndex) {
  const std::vector<SampleResult> samples{
      of_loss(1), of_loss(3), of_loss(0), of_loss(3), of_loss(2)};
  EXPECT_THAT(worst_samples(samples, 4), ElementsAre(1, 3, 4, 0));
  EXPECT_EQ(worst_samples(samples, 99).size(), 5U);
}

TEST(WorstSamples, HaveNamesThatAnyFileSystemTakes) {
  EXPECT_EQ(
      worst_file_name(7, "a/b c", "../d\xC3\xBC"), "0007_a_b_c_as_.._d__.jpg");
  EXPECT_LT(
      worst_file_name(1, std::string(500, 'x'), std::string(500, 'y')).size(),
      160U);
}

TEST(WorstSamples, BringTheirPictures) {
  const testing::TempDir dir;
  const std::vector<std::uint8_t> planes{// blue, green, red of 2 x 2 pixels
                                         10,
                                         10,
                                         10,
                                         10,
                                         60,
                                         60,
                                         60,
                                         60,
                                         200,
                                         200,
                                         200,
                                         200};
  {
    Writer writer(dir / "db");
    Datum datum;
    datum.channels = 3;
    datum.height = datum.width = 2;
    datum.data = planes;
    writer.add("a", datum);
    datum.data = {};
    datum.float_data = std::vector<float>(12, 0.5F);
    writer.add("b", datum);
    writer.finish();
  }
  const LmdbDataset dataset(dir / "db", {});
  Image picture;
  Decoder().decode(picture_of(dataset, 0), picture);
  ASSERT_EQ(picture.width, 2);
  EXPECT_NEAR(picture.pixels[0], 200, 3);
  EXPECT_NEAR(picture.pixels[1], 60, 3);
  EXPECT_NEAR(picture.pixels[2], 10, 3);
  EXPECT_TRUE(picture_of(dataset, 1).empty()) << "floats are no picture";
}

TEST(WorstPage, EscapesNamesAndPointsToPictures) {
  const std::vector<SampleResult> samples{of_loss(2.5)};
  auto entries = worst_entries(samples, {"<b>", "c&d"}, {"key\"1"}, 5);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_THAT(worst_page(entries), HasSubstr("no picture"));
  entries[0].file = "worst/0001.jpg";
  const std::string page = worst_page(entries);
  EXPECT_THAT(page, HasSubstr("<img src=\"worst/0001.jpg\""));
  EXPECT_THAT(page, HasSubstr("<b>&lt;b&gt;</b>"));
  EXPECT_THAT(page, HasSubstr("<b>c&amp;d</b> (0.7500)"));
  EXPECT_THAT(page, HasSubstr("loss 2.5000"));
  EXPECT_THAT(page, HasSubstr("key&quot;1"));
}

}  // namespace
}  // namespace convoy
