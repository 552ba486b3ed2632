#include "trainer/config/sizes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/augment/normalize.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;

Config adopted(const std::string& yaml) {
  LoadedConfig loaded = read_config(yaml, "c");
  adopt_sizes(loaded);
  return loaded.config;
}

TEST(Sizes, AreTheNetworksOwnWhenNothingIsSet) {
  const Config c = adopted("net: {name: resnet18}");
  EXPECT_EQ(c.augment.crop_px, 224);
  EXPECT_EQ(c.eval.crop_px, 224);
  EXPECT_EQ(c.eval.resize_px, 256);
}

TEST(Sizes, OfEvaluationFollowThoseOfTraining) {
  const Config c = adopted("augment: {crop_px: 96}");
  EXPECT_EQ(c.eval.crop_px, 96);
  EXPECT_EQ(c.eval.resize_px, 110);
}

TEST(Sizes, ThatAreSetStay) {
  const Config c =
      adopted("augment: {crop_px: 96}\neval: {crop_px: 64, resize_px: 0}\n");
  EXPECT_EQ(c.eval.crop_px, 64);
  EXPECT_EQ(c.eval.resize_px, 0);
}

TEST(Sizes, AreThoseOfLargerNetworksToo) {
  const Config c = adopted("net: {name: inception_v3}");
  EXPECT_EQ(c.augment.crop_px, 299);
  EXPECT_EQ(c.eval.resize_px, 342);
}

TEST(TransformInput, IsAdoptedWithWeightsWhereTheNetworkDemandsIt) {
  const auto of = [](const std::string& net) {
    return adopted("net: {" + net + "}").net.transform_input;
  };
  EXPECT_TRUE(of("name: googlenet, weights: g.pth"));
  EXPECT_FALSE(of("name: googlenet"));
  EXPECT_FALSE(of("name: resnet18, weights: r.pth"));
  EXPECT_FALSE(of("name: googlenet, weights: g.pth, transform_input: false"));
}

TEST(Pixels, OfCaffesNetworksAreInCaffesRangeUnlessSaidOtherwise) {
  const NormalizeOptions own =
      adopted("net: {name: googlenet_caffe}").normalize;
  const Normalization caffe = normalization(own, 3);
  EXPECT_FALSE(caffe.bgr);
  EXPECT_THAT(caffe.offset, ElementsAre(123, 117, 104));
  EXPECT_THAT(caffe.factor, ElementsAre(1, 1, 1));
  const NormalizeOptions imagenet;
  for (const char* const other :
       {"net: {name: resnet18}",
        "net: {name: alexnet_caffe}\nnormalize: {mean: [0.485, 0.456, 0.406]}",
        "net: {name: alexnet_caffe}\nnormalize: {std: [0.229, 0.224, 0.225]}",
        "net: {name: alexnet_caffe}\nnormalize: {style: caffe}"}) {
    const NormalizeOptions found = adopted(other).normalize;
    EXPECT_EQ(found.mean, imagenet.mean) << other;
    EXPECT_EQ(found.std, imagenet.std) << other;
  }
}

TEST(Sizes, OfAnUnknownNetworkAreLeftAlone) {
  EXPECT_EQ(adopted("net: {name: nothing}").augment.crop_px, 224);
}

}  // namespace
}  // namespace convoy
