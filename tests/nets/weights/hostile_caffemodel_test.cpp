// Damaged .caffemodel files: a sentence, or what they then say; never a crash.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "nets/weights/weights.h"
#include "tests/nets/weights/caffe_files.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using testing::made_caffe_layer;
using testing::made_field;

/// The names and shapes in exactly these bytes, so that a sanitizer sees a read
/// beyond them; nothing when they are refused.
std::optional<std::string> tensors_in(const std::string& bytes) {
  const std::vector<char> exact(bytes.begin(), bytes.end());
  try {
    return testing::list_tensors(
        read_weights(std::string_view(exact.data(), exact.size()), "FILE")
            .tensors);
  } catch (const WeightError& e) {
    EXPECT_STRNE(e.what(), "");
    return std::nullopt;
  }
}

class HostileCaffemodel : public ::testing::TestWithParam<const char*> {};

/// The format doesn't say how many layers there are.
TEST_P(HostileCaffemodel, ACutIsRefusedUnlessItFallsBetweenLayers) {
  const std::string whole = testing::read_text(testing::caffe_file(GetParam()));
  const auto all = tensors_in(whole);
  ASSERT_TRUE(all);
  std::size_t accepted = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    if (const auto some = tensors_in(whole.substr(0, size))) {
      EXPECT_TRUE(all->starts_with(*some)) << size;
      ++accepted;
    }
  }
  EXPECT_LE(accepted, 8u);
  EXPECT_FALSE(tensors_in(whole + "x"));
}

TEST_P(HostileCaffemodel, RandomDamageNeverCrashes) {
  const std::string whole = testing::read_text(testing::caffe_file(GetParam()));
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    std::string damaged = whole;
    const unsigned flips = 1 + random() % 4;
    for (unsigned k = 0; k < flips; ++k) {
      char& byte = damaged[random() % damaged.size()];
      byte = static_cast<char>(byte ^ (1 << random() % 8));
    }
    tensors_in(damaged);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Of,
    HostileCaffemodel,
    ::testing::Values("new", "v1", "unpacked", "double", "pieces", "others"),
    [](const auto& it) { return std::string(it.param); });

std::string text(const char* bytes, std::size_t size) {
  return {bytes, size};
}

/// A blob of one size and these bytes as packed floats.
std::string blob_of(const std::string& dims, const std::string& values) {
  return made_field(5, values) + made_field(7, made_field(1, dims));
}

std::string one_blob(const std::string& blob) {
  return made_caffe_layer("c", {blob});
}

const std::string kEndless(10, '\xff');

struct CaffeLie {
  const char* name;
  std::string file;
  const char* words;
};

class CaffeLies : public ::testing::TestWithParam<CaffeLie> {};

TEST_P(CaffeLies, AreRefusedWithASentence) {
  const CaffeLie& lie = GetParam();
  EXPECT_THAT(testing::weight_refusal(lie.file), HasSubstr(lie.words));
}

INSTANTIATE_TEST_SUITE_P(
    Of,
    CaffeLies,
    ::testing::Values(
        CaffeLie{
            "BothGenerations",
            one_blob(blob_of("\1", "1234")) + made_field(2, ""),
            "layers of both generations"},
        CaffeLie{
            "LayersOfTheFirstVersion",
            made_field(2, made_field(1, "")),
            "upgrade_net_proto_binary"},
        CaffeLie{
            "NoName",
            made_caffe_layer("", {blob_of("\1", "1234")}),
            "a layer with blobs has no name"},
        CaffeLie{
            "NoWeights",
            made_caffe_layer("c", {}),
            "none of its layers has weights"},
        CaffeLie{
            "ANameTwice",
            made_caffe_layer("a/b", {blob_of("\1", "1234")}) +
                made_caffe_layer("a.b", {blob_of("\1", "1234")}),
            "names \"a.b.weight\" twice"},
        CaffeLie{
            "ANameThatIsNoText",
            made_caffe_layer("\x1b[2J", {blob_of("\1", "1234")}),
            "want text"},
        CaffeLie{
            "TooFewValues",
            one_blob(blob_of("\2", "1234")),
            "\"c.weight\" has 4 bytes of values, and its shape [2] wants 8"},
        CaffeLie{
            "TooManyValues",
            one_blob(blob_of("\1", "12345678")),
            "has 8 bytes of values, and its shape [1] wants 4"},
        CaffeLie{
            "HalfAValue",
            one_blob(blob_of("\1", "123")),
            "has 3 bytes of values"},
        CaffeLie{
            "AHugeShape",
            one_blob(blob_of("\xff\xff\xff\xff\x0f", "1234")),
            "wants 17179869180"},
        CaffeLie{
            "AShapeThatNoIntegerCounts",
            one_blob(blob_of(
                "\xff\xff\xff\xff\x0f\xff\xff\xff\xff\x0f\x7f", "1234")),
            "its tensor \"c.weight\""},
        CaffeLie{
            "ANegativeSize",
            one_blob(blob_of("\xff\xff\xff\xff\xff\xff\xff\xff\xff\1", "1234")),
            "which no tensor has"},
        CaffeLie{
            "TooManyDimensions",
            one_blob(blob_of(std::string(17, '\1'), "1234")),
            "has more than 16 dimensions"},
        CaffeLie{
            "FloatsAndDoubles",
            one_blob(blob_of("\1", "1234") + made_field(8, "12345678")),
            "has values of several kinds"},
        CaffeLie{
            "RawValuesOfNoKnownType",
            one_blob(
                made_field(12, "1234") + "\x50\x03" +
                made_field(7, made_field(1, "\1"))),
            "has raw values of type 3; want double, float or float16"},
        CaffeLie{
            "RawValuesBesideFloats",
            one_blob(blob_of("\1", "1234") + made_field(12, "1234")),
            "has values of several kinds"},
        CaffeLie{
            "AnEndlessName",
            made_caffe_layer(std::string(5000, 'n'), {blob_of("\1", "1234")}),
            "has 5000 bytes; want at most 1024"},
        CaffeLie{
            "ACutMeanValue",
            made_field(100, made_field(100, made_field(5, "123"))),
            "mean_value is cut short"},
        CaffeLie{
            "TooManyBlobs",
            made_caffe_layer("c", std::vector<std::string>(101, "")),
            "has more than 100 blobs"},
        CaffeLie{
            "AGroup",
            made_field(100, "\x0b"),
            "a layer has 11 at byte 0 where a field"},
        CaffeLie{
            "AFieldNumbered0",
            made_field(100, text("\x02\0", 2)),
            "a layer has 2 at byte 0 where a field"},
        CaffeLie{
            "ATagOf64Bits",
            made_field(100, "\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
            "where a field of a message belongs"},
        CaffeLie{
            "AnEndlessNumber",
            made_field(100, kEndless),
            "a number of more than 64 bits"},
        CaffeLie{
            "ALengthBeyondTheEnd",
            made_field(100, "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
            "a layer should have 9223372036854775807 more bytes"},
        CaffeLie{
            "ACutBlob",
            one_blob("\x2a\x08"),
            "its tensor \"c.weight\" is a blob that should have 8 more bytes"},
        CaffeLie{
            "Hdf5",
            text("\x89HDF\r\n\x1a\n\0", 9),
            "snapshot_format: BINARYPROTO"},
        CaffeLie{
            "AMeanFile",
            text("\x08\x01\x10\x03", 4),
            "want a .pth file of torch.save, a .safetensors file or a whole"}),
    [](const auto& it) { return std::string(it.param.name); });

TEST(CaffeLimits, NoFileHoldsMoreThan131072Tensors) {
  const std::vector<std::string> blobs(100, blob_of("\1", "1234"));
  std::string file;
  for (int i = 0; i < 1311; ++i) {
    file += made_caffe_layer(std::to_string(i), blobs);
  }
  EXPECT_THAT(
      testing::weight_refusal(file),
      HasSubstr("it holds more than 131072 tensors"));
}

}  // namespace
}  // namespace convoy
