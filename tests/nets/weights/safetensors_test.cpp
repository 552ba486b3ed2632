// Safetensors files that contradict themselves.

#include "nets/weights/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/weights/limits.h"
#include "tests/nets/weights/made_files.h"
#include "tests/nets/weights/torch_files.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using testing::made_safetensors;

struct SafetensorsLie {
  const char* name;
  std::string header;
  std::size_t data_bytes;
  const char* words;
};

class SafetensorsLies : public ::testing::TestWithParam<SafetensorsLie> {};

TEST_P(SafetensorsLies, AreRefusedWithASentence) {
  EXPECT_THAT(
      testing::weight_refusal(
          made_safetensors(GetParam().header, GetParam().data_bytes)),
      HasSubstr(GetParam().words));
}

/// A header of one tensor of type F32.
std::string one_f32(const std::string& shape, const std::string& offsets) {
  return R"({"a":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" +
         offsets + "}}";
}

std::string two_f32(const std::string& first, const std::string& second) {
  return R"({"a":{"dtype":"F32","shape":[2],"data_offsets":)" + first +
         R"(},"b":{"dtype":"F32","shape":[2],"data_offsets":)" + second + "}}";
}

const std::vector<SafetensorsLie> kSafetensorsLies{
    {"Overlap",
     two_f32("[0,8]", "[4,12]"),
     12,
     "\"b\" lies from 4 to 12; want it to begin at 8"},
    {"Same", two_f32("[0,8]", "[0,8]"), 8, "want it to begin at 8"},
    {"Gap", two_f32("[0,8]", "[12,20]"), 20, "want it to begin at 8"},
    {"GapBefore", one_f32("[2]", "[4,12]"), 12, "want it to begin at 0"},
    {"BytesBehind", one_f32("[2]", "[0,8]"), 9, "take 8 bytes, and 9 follow"},
    {"TooFewBytes", one_f32("[2]", "[0,8]"), 7, "it is cut short"},
    {"OtherShape", one_f32("[3]", "[0,8]"), 8, "its shape [3] wants 12 bytes"},
    {"Backwards", one_f32("[2]", "[8,0]"), 8, "lies from 8 to 0"},
    {"WrappingShape",
     one_f32("[4294967296,4294967296]", "[0,0]"),
     0,
     "which no tensor has"},
    {"HugeShape",
     one_f32("[18446744073709551615]", "[0,0]"),
     0,
     "which no tensor has"},
    {"HugerShape",
     one_f32("[18446744073709551616]", "[0,0]"),
     0,
     "where an integer of 0 or above belongs"},
    {"HugeOffsets",
     one_f32("[2]", "[18446744073709551608,18446744073709551615]"),
     8,
     "wants 8 bytes"},
    {"NegativeSize",
     one_f32("[-2]", "[0,8]"),
     8,
     "has \"-2\" where an integer"},
    {"FloatSize", one_f32("[2.0]", "[0,8]"), 8, "has \"2.0\" where an integer"},
    {"BoolSize",
     one_f32("[true]", "[0,4]"),
     4,
     "has \"true\" where an integer"},
    {"ThreeOffsets", one_f32("[2]", "[0,4,8]"), 8, "two offsets"},
    {"NoList", one_f32("2", "[0,8]"), 8, "wants a list for its shape"},
    {"ManySizes",
     one_f32("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,4]"),
     4,
     "has 17 sizes"},
    {"DeepShape", one_f32("[[[2]]]", "[0,8]"), 8, "nested deeper"},
    {"UnknownType",
     R"({"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}})",
     2,
     "is of the type \"F8_E4M3\"; want float64"},
    {"NoType",
     R"({"a":{"shape":[2],"data_offsets":[0,2]}})",
     2,
     "is not the JSON of a safetensors file"},
    {"NoObject", R"({"a":3})", 0, "is not the JSON of a safetensors file"},
    {"Twice",
     R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
     1,
     "names \"a\" twice"},
    {"NoText",
     R"({"a\u0000":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
     1,
     "want text"},
    {"EmptyName",
     R"({"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
     1,
     "want text"},
    {"Metadata",
     R"({"__metadata__":{"n":1}})",
     0,
     "is not the JSON of a safetensors file"},
    {"NoJson", R"({"a":)", 0, "is not the JSON of a safetensors file"},
    {"NoUtf8", "{\"\xff\":1}", 0, "is not the JSON of a safetensors file"},
};

INSTANTIATE_TEST_SUITE_P(
    Of,
    SafetensorsLies,
    ::testing::ValuesIn(kSafetensorsLies),
    [](const auto& it) { return std::string(it.param.name); });

TEST(Safetensors, AcceptsWhatTheFormatAllows) {
  const Weights weights = read_weights(
      made_safetensors(
          R"({"b":{"dtype":"I16","shape":[],"data_offsets":[4,6]},)"
          R"("e":{"dtype":"F64","shape":[3,0],"data_offsets":[4,4]},)"
          R"("a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},)"
          R"("__metadata__":{"k":"v"}}      )",
          6),
      "FILE");
  EXPECT_EQ(
      testing::list_tensors(weights.tensors),
      "a float32 1x1\ne float64 3x0\nb int16 \n");
  EXPECT_EQ(weights.metadata.at("k"), "v");
}

TEST(Safetensors, RefusesHeadersLongerThanTheFileOrTheCap) {
  for (const std::uint64_t length :
       {std::uint64_t{3}, std::uint64_t{100'000'001}, ~std::uint64_t{0}}) {
    std::string file;
    append_number(file, length);
    EXPECT_THAT(
        testing::weight_refusal(file + "{}"),
        HasSubstr("its header would have"));
  }
  std::string long_file;
  append_number<std::uint64_t>(long_file, 100'000'001);
  long_file += "{}" + std::string(100'000'000, ' ');
  EXPECT_THAT(
      testing::weight_refusal(long_file), HasSubstr("want at most 100000000"));
}

TEST(Safetensors, SurvivesDeepNestingAndVeryManyValues) {
  const std::string deep(1'000'000, '[');
  EXPECT_THAT(
      testing::weight_refusal(made_safetensors("{\"a\":" + deep, 0)),
      HasSubstr("nested deeper"));
  std::string many = "{\"a\":[0";
  for (int i = 0; i < 5'000'000; ++i) {
    many += ",0";
  }
  EXPECT_THAT(
      testing::weight_refusal(made_safetensors(many + "]}", 0)),
      HasSubstr("more than 4194304 values"));
}

/// A header of so many names.
std::string header_of_many(std::size_t count) {
  std::string header = "{";
  for (std::size_t i = 0; i < count; ++i) {
    header += (i > 0 ? ",\"" : "\"") + std::to_string(i) +
              R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  }
  return header + "}";
}

/// And reads as many as it allows in time that does not grow with their square.
TEST(Safetensors, RefusesMoreNamesThanAnyNetworkHas) {
  EXPECT_EQ(
      read_weights(made_safetensors(header_of_many(kMostTensors), 0), "FILE")
          .tensors.size(),
      kMostTensors);
  EXPECT_THAT(
      testing::weight_refusal(
          made_safetensors(header_of_many(kMostTensors + 1), 0)),
      HasSubstr("its header names more than 131072 tensors"));
}

}  // namespace
}  // namespace convoy
