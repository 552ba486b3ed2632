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
};

INSTANTIATE_TEST_SUITE_P(
    Of, TensorLies, ::testing::ValuesIn(kTensorLies), [](const auto& it) {
      return std::string(it.param.name);
    });

TEST(Rebuild, GathersStridedElements) {
  MadeTensor tensor;
  tensor.type = "ByteStorage";
  tensor.elements = 24;
  tensor.offset = 2;
  tensor.shape = {2, 1, 3};
  tensor.strides = {1, kMost, 5};
  std::string storage;
  for (char i = 0; i < 24; ++i) {
    storage += i;
  }
  const Weights weights = read_weights(
      testing::made_zip(testing::zip_of(
          testing::pickled_dict({{"w", testing::pickled_tensor(tensor)}}),
          {storage})),
      "FILE");
  EXPECT_EQ(
      testing::tensor_bytes(weights.tensors.at(0).tensor),
      std::string("\x02\x07\x0c\x03\x08\x0d"));
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

TEST(Rebuild, RefusesNamesThatAreNoText) {
  const std::string tensor = testing::pickled_tensor({});
  const std::string integer_key = "\x80\x02}(K\x01" + tensor + "u.";
  for (const auto& [pickle, words] :
       std::vector<std::pair<std::string, std::string>>{
           {testing::pickled_dict({{"a\xc0\x80", tensor}}), "want text"},
           {testing::pickled_dict({{"a\n", tensor}}), "want text"},
           {testing::pickled_dict({{"", tensor}}), "want text"},
           {testing::pickled_dict({{"a", tensor}, {"a", tensor}}),
            "\"a\" twice"},
           {integer_key, "names an entry by an integer"}}) {
    EXPECT_THAT(
        testing::weight_refusal(testing::made_zip(
            testing::zip_of(pickle, {std::string(24, '\1')}))),
        HasSubstr(words));
  }
}

TEST(Rebuild, AcceptsNamesBeyondAscii) {
  const std::string name =
      "gr\xc3\xb6\xc3\x9f"
      "e.\xe2\x82\xac.\xf0\x9f\x9a\x97";
  const Weights weights = read_weights(
      testing::made_zip(testing::zip_of(
          testing::pickled_dict({{name, testing::pickled_tensor({})}}),
          {std::string(24, '\1')})),
      "FILE");
  EXPECT_EQ(weights.tensors.at(0).name, name);
}

}  // namespace
}  // namespace convoy
