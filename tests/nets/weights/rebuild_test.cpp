// Tensors that contradict their storages.

#include "nets/weights/rebuild.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/nets/weights/made_files.h"
#include "tests/nets/weights/torch_files.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using testing::MadeTensor;
using namespace std::string_literals;

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

struct TensorLie {
  const char* name;
  MadeTensor tensor;
  const char* words;
};

class TensorLies : public ::testing::TestWithParam<TensorLie> {};

TEST_P(TensorLies, AreRefusedWithASentence) {
  EXPECT_THAT(
      testing::weight_refusal(testing::zip_of_tensor(GetParam().tensor)),
      HasSubstr(GetParam().words));
}

/// What old legacy files note of a view: its key, begin and size.
std::string pickled_window(std::int64_t begin, std::int64_t size) {
  return "(" + testing::pickled_text("view") + testing::pickled_integer(begin) +
         testing::pickled_integer(size) + "t";
}

const std::vector<TensorLie> kTensorLies{
    {"Offset", {.offset = 1}, "\"w\" wants element 6 of a storage of 6"},
    {"NegativeOffset", {.offset = -1}, "has the offset -1"},
    {"HugeOffset", {.offset = kMost}, "has the offset 9223372036854775807"},
    {"Stride", {.strides = {4, 1}}, "wants element 6 of a storage of 6"},
    {"NegativeStride", {.strides = {3, -1}}, "and the strides [3, -1]"},
    {"HugeStride", {.strides = {kMost, 1}}, "which no tensor of shape [2, 3]"},
    {"HugeStrides",
     {.shape = {2, 3}, .strides = {kMost, kMost}},
     "which no tensor of shape [2, 3] has"},
    {"Shape", {.shape = {3, 3}}, "wants element 8 of a storage of 6"},
    {"NegativeShape", {.shape = {-2, 3}}, "which no tensor has"},
    {"HugeShape", {.shape = {kMost, 3}}, "which no tensor has"},
    {"HugeEmptyShape", {.shape = {0, kMost}}, "which no tensor has"},
    {"WrappingShape",
     {.shape = {1ll << 32, 1ll << 32}, .strides = {0, 0}},
     "which no tensor has"},
    {"RepeatedElements",
     {.shape = {1 << 20, 1 << 10}, .strides = {0, 0}},
     "would take 4294967296 bytes"},
    {"FewerStrides", {.strides = {1}}, "has 2 sizes and 1 strides"},
    {"ManyDimensions",
     {.shape = std::vector<std::int64_t>(17, 1),
      .strides = std::vector<std::int64_t>(17, 1)},
     "has 17 integers for its shape"},
    {"MoreElements", {.elements = 7}, "has a storage of 7 elements"},
    {"FewerElements", {.elements = 5}, "has a storage of 5 elements"},
    {"NegativeElements", {.elements = -1}, "has a storage of -1 elements"},
    {"HugeElements", {.elements = kMost}, "has a storage of 92233720368547758"},
    {"OtherType", {.type = "DoubleStorage"}, "of 6 elements of 8 bytes"},
    {"UnknownType",
     {.type = "QInt8Storage"},
     "the global \"torch.QInt8Storage\"; want float64, float32"},
    {"NoStorage", {.key = "1"}, "no entry \"data/1\""},
    {"FolderInKey", {.key = "../data/0"}, "no entry \"data/../data/0\""},
    {"Conjugate",
     {.metadata = "}" + testing::pickled_text("conj") + "\x88s"},
     "is marked as conjugate or negative"},
    {"LongKey",
     {.key = std::string(257, '0')},
     "has 257 bytes; want at most 256"},
    {"WindowBeyondTheEnd",
     {.window = pickled_window(3, 4)},
     "wants 4 elements from 3 on of a storage of 6"},
    {"WindowBehindTheEnd",
     {.window = pickled_window(kMost, 1)},
     "wants 1 elements from 9223372036854775807 on"},
    {"NegativeWindow",
     {.window = pickled_window(-1, 4)},
     "wants 4 elements from -1 on of a storage of 6"},
    {"NegativeWindowSize",
     {.window = pickled_window(0, -4)},
     "wants -4 elements from 0 on of a storage of 6"},
    {"BeyondTheWindow",
     {.window = pickled_window(1, 5)},
     "wants element 5 of a storage of 5"},
    {"WindowOfText",
     {.window = "(" + testing::pickled_text("v") + testing::pickled_text("1") +
                "K\x04t"},
     "has a text for its storage's begin; want an integer"},
};

INSTANTIATE_TEST_SUITE_P(
    Of, TensorLies, ::testing::ValuesIn(kTensorLies), [](const auto& it) {
      return std::string(it.param.name);
    });

/// The bytes of "w", a tensor of `pickled` and a storage of the bytes 0 to 23.
std::string bytes_of(const std::string& pickled) {
  std::string storage;
  for (char i = 0; i < 24; ++i) {
    storage += i;
  }
  const Weights weights = read_weights(
      testing::made_zip(
          testing::zip_of(testing::pickled_dict({{"w", pickled}}), {storage})),
      "FILE");
  return testing::tensor_bytes(weights.tensors.at(0).tensor);
}

TEST(Rebuild, GathersStridedElements) {
  MadeTensor tensor;
  tensor.type = "ByteStorage";
  tensor.elements = 24;
  tensor.offset = 2;
  tensor.shape = {2, 1, 3};
  tensor.strides = {1, kMost, 5};
  EXPECT_EQ(
      bytes_of(testing::pickled_tensor(tensor)), "\x02\x07\x0c\x03\x08\x0d");
}

TEST(Rebuild, ReadsTheWindowThatIsAView) {
  MadeTensor tensor;
  tensor.type = "ByteStorage";
  tensor.elements = 24;
  tensor.offset = 1;
  tensor.shape = {3};
  tensor.strides = {1};
  tensor.window = pickled_window(4, 4);
  EXPECT_EQ(bytes_of(testing::pickled_tensor(tensor)), "\x05\x06\x07");
  tensor.window = "N";
  EXPECT_EQ(bytes_of(testing::pickled_tensor(tensor)), "\x01\x02\x03");
}

TEST(Rebuild, TakesAStorageWithoutATypeForBytes) {
  for (const char* const module : {"torch", "torch.storage"}) {
    MadeTensor tensor;
    tensor.module = module;
    tensor.type = "UntypedStorage";
    tensor.elements = 24;
    tensor.offset = 20;
    tensor.shape = {2};
    tensor.strides = {2};
    EXPECT_EQ(bytes_of(testing::pickled_tensor(tensor)), "\x14\x16");
  }
}

TEST(Rebuild, RefusesWhatIsNoStorage) {
  const auto refusal = [](const std::string& storage) {
    return testing::weight_refusal(testing::made_zip(testing::zip_of(
        testing::pickled_dict(
            {{"w",
              "ctorch._utils\n_rebuild_tensor_v2\n(" + storage +
                  "K\0K\x06\x85K\x01\x85\x89}tR"s}}),
        {std::string(24, '\1')})));
  };
  const std::string type = "ctorch\nFloatStorage\n";
  const std::string word = testing::pickled_text("storage");
  const std::string key = testing::pickled_text("0");
  const std::string cpu = testing::pickled_text("cpu");
  EXPECT_EQ(refusal("(" + word + type + key + cpu + "K\x06tQ"), "accepted");
  for (const std::string& storage :
       {"(" + word + type + key + cpu + "K\x06t",
        "(" + word + type + key + cpu + "tQ",
        "(" + key + type + key + cpu + "K\x06tQ",
        "(" + word + type + "K\x01" + cpu + "K\x06tQ",
        word + "Q"}) {
    EXPECT_THAT(
        refusal(storage),
        HasSubstr("for its storage, which is not as torch.save writes one"));
  }
  EXPECT_THAT(
      refusal("(" + word + type + key + cpu + cpu + "tQ"),
      HasSubstr("has a text for its storage's size; want an integer"));
}

TEST(Rebuild, RefusesBytesThatAreNoBool) {
  MadeTensor tensor;
  tensor.type = "BoolStorage";
  tensor.elements = 6;
  const auto refusal = [&](const std::string& storage) {
    return testing::weight_refusal(testing::made_zip(testing::zip_of(
        testing::pickled_dict({{"w", testing::pickled_tensor(tensor)}}),
        {storage})));
  };
  EXPECT_EQ(refusal(std::string("\0\1\0\1\1\1", 6)), "accepted");
  EXPECT_THAT(
      refusal(std::string("\0\1\0\1\2\1", 6)),
      HasSubstr("is of type bool and holds the byte 2"));
}

}  // namespace
}  // namespace convoy
