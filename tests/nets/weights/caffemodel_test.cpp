// .caffemodel files by another hand, read: bit by bit what was written, but for
// what the rules of caffemodel.h change, which they note.

#include <ATen/ops/flip.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/weights/weights.h"
#include "tests/nets/weights/caffe_files.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

Weights read_caffe(
    const std::string& name, ChannelOrder order = ChannelOrder::rgb) {
  return read_weights(std::filesystem::path(testing::caffe_file(name)), order);
}

class ReadCaffemodel : public ::testing::TestWithParam<const char*> {};

TEST_P(ReadCaffemodel, GivesWhatWasWrittenByCaffesRules) {
  const std::string name = GetParam();
  const Weights weights = read_caffe(name);
  const auto& folder = testing::caffe_files();
  EXPECT_EQ(
      testing::list_tensors(weights.tensors),
      testing::read_text(folder / (name + ".txt")));
  EXPECT_EQ(
      testing::all_bytes(weights.tensors),
      testing::read_text(folder / (name + ".bin")));
  EXPECT_EQ(
      weights.format,
      name.starts_with("v1") ? "caffemodel (V1 layers)" : "caffemodel");
  for (const NamedTensor& entry : weights.tensors) {
    EXPECT_TRUE(entry.tensor.is_contiguous()) << entry.name;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Of,
    ReadCaffemodel,
    ::testing::Values(
        "new",
        "v1",
        "v1_new_shapes",
        "old_shapes",
        "unpacked",
        "double",
        "double_unpacked",
        "pieces",
        "gray",
        "four",
        "product_first",
        "others",
        "raw",
        "raw_half",
        "raw_double",
        "v1_old_preparation"),
    [](const auto& it) { return std::string(it.param); });

TEST(Caffemodel, NotesWhatTheRulesChanged) {
  EXPECT_THAT(
      read_caffe("v1").notes,
      ElementsAre(
          "conv1.weight: its 3 input channels were turned from BGR to RGB",
          "names: each / became a dot",
          "old shapes: 1 weights of 1 x 1 x N x K became N x K, 3 biases of 1 "
          "x 1 x 1 x N became N",
          HasSubstr("norm1 comes after pool1, as in CaffeNet")));
  EXPECT_THAT(
      read_caffe("others").notes,
      ElementsAre(
          HasSubstr("turned from BGR to RGB"),
          "1 transposed weights were turned back"));
  EXPECT_THAT(
      read_caffe("gray").notes,
      Contains("conv1.weight: 1 input channel, no order to turn"));
  EXPECT_THAT(
      read_caffe("four").notes,
      Contains("conv1.weight: 4 input channels, no order to turn"));
  EXPECT_THAT(
      read_caffe("v1_old_preparation").notes,
      IsSupersetOf<std::string>(
          {"data_bn.blob0: it comes before the first convolution; its order of "
           "channels stays (Caffe's is BGR)",
           "conv1.weight: its 3 input channels were turned from BGR to RGB"}));
  EXPECT_THAT(
      read_caffe("product_first").notes,
      ElementsAre(HasSubstr("ip.weight: the first layer with weights is no")));
}

TEST(Caffemodel, TellsTheNetworksNameAndHowPicturesWerePrepared) {
  EXPECT_THAT(
      read_caffe("new").metadata,
      UnorderedElementsAre(
          Pair("net", "Small"),
          Pair("crop_size", "227"),
          Pair("scale", "0.5"),
          Pair("mean_file", "mean.binaryproto")));
  EXPECT_THAT(
      read_caffe("v1").metadata,
      UnorderedElementsAre(
          Pair("net", "Old"),
          Pair("crop_size", "227"),
          Pair("mean_value", "104, 117.5, 123")));
  EXPECT_THAT(
      read_caffe("v1_old_preparation").metadata,
      UnorderedElementsAre(
          Pair("net", "Old"),
          Pair("crop_size", "227"),
          Pair("scale", "0.25"),
          Pair("mean_file", "old_mean.binaryproto")));
  EXPECT_TRUE(read_caffe("unpacked").metadata.empty());
}

TEST(Caffemodel, KeepsCaffesOrderOfChannelsForPicturesInIt) {
  const Weights bgr = read_caffe("new", ChannelOrder::bgr);
  const Weights rgb = read_caffe("new");
  EXPECT_THAT(bgr.notes, Contains(HasSubstr("stay BGR")));
  EXPECT_FALSE(bgr.tensors[0].tensor.equal(rgb.tensors[0].tensor));
  EXPECT_TRUE(
      bgr.tensors[0].tensor.equal(at::flip(rgb.tensors[0].tensor, {1})));
  for (std::size_t i = 1; i < bgr.tensors.size(); ++i) {
    EXPECT_TRUE(bgr.tensors[i].tensor.equal(rgb.tensors[i].tensor));
  }
}

TEST(Caffemodel, IsToldByItsContentWhateverItsFirstBytes) {
  // One byte tells a safetensors file, and may stand in a caffemodel: as the
  // length of a layer, behind a name of 4 letters.
  std::string layer = testing::made_field(1, "c") +
                      testing::made_field(7, testing::made_field(5, "1234"));
  layer += testing::made_field(3, std::string('{' - layer.size() - 2, 'x'));
  const std::string file =
      testing::made_field(1, "four") + testing::made_field(100, layer);
  ASSERT_EQ(file[8], '{');
  const Weights weights = read_weights(file, "FILE");
  EXPECT_EQ(weights.format, "caffemodel");
  EXPECT_EQ(testing::list_tensors(weights.tensors), "c.blob0 float32 \n");
}

}  // namespace
}  // namespace convoy
