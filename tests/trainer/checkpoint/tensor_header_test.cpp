// Headers as a damaged or hostile file may have them.

#include "trainer/checkpoint/tensor_header.h"

#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TensorHeader read(const std::string& text, std::uint64_t data_bytes = 8) {
  return read_tensor_header(text, data_bytes);
}

/// A header of one tensor.
std::string entry(const char* dtype, const char* shape, const char* offsets) {
  return fmt::format(
      R"({{"x":{{"dtype":{},"shape":{},"data_offsets":{}}}}})",
      dtype,
      shape,
      offsets);
}

TEST(TensorHeader, GivesPlacesAsTheDataLiesAndMetadataWithoutTheChecksum) {
  const TensorHeader header =
      read(R"({"__metadata__":{"convoy.checksum":"12","net":"a"},)"
           R"("b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},)"
           R"("none":{"dtype":"I64","shape":[0,9],"data_offsets":[4,4]},)"
           R"("a":{"dtype":"BF16","shape":[2,1],"data_offsets":[0,4]}})");
  ASSERT_EQ(header.places.size(), 3u);
  EXPECT_EQ(header.places[0].name, "a");
  EXPECT_EQ(header.places[0].type, at::kBFloat16);
  EXPECT_EQ(header.places[1].name, "none");
  EXPECT_EQ(header.places[2].begin, 4u);
  EXPECT_EQ(header.metadata.size(), 1u);
  EXPECT_EQ(header.metadata.at("net"), "a");
}

TEST(TensorHeader, ReadsWhatItMakes) {
  const TensorFile file{
      {{"w", at::zeros({2, 3})}, {"n", at::zeros({}, at::kLong)}},
      {{"convoy.checksum", "of an older file"}, {"k", "v"}}};
  const std::string text = make_tensor_header(
      file, {file.tensors[0].tensor, file.tensors[1].tensor});
  EXPECT_EQ(text.size() % 8, 0u);
  EXPECT_THAT(text, HasSubstr(R"("convoy.checksum":"0000000000000000")"));
  const TensorHeader header = read(text, 32);
  EXPECT_EQ(header.places[1].begin, 24u);
  EXPECT_EQ(header.metadata.at("k"), "v");
}

struct Hostile {
  const char* name;
  std::string text;
  const char* problem;
};

class HostileHeaders : public ::testing::TestWithParam<Hostile> {};

TEST_P(HostileHeaders, AreRefusedWithASentence) {
  EXPECT_THAT(
      [] { read(GetParam().text); },
      ThrowsMessage<BadData>(HasSubstr(GetParam().problem)));
}

INSTANTIATE_TEST_SUITE_P(
    Numbers,
    HostileHeaders,
    ::testing::Values(
        Hostile{
            "negative_offset",
            entry("\"F32\"", "[2]", "[-8,0]"),
            "x has -8 where an integer of 0 or above belongs"},
        Hostile{
            "fractional_offset",
            entry("\"F32\"", "[2]", "[0,8.0]"),
            "x has 8.0 where"},
        Hostile{
            "huge_float", entry("\"F32\"", "[1e300]", "[0,8]"), "x has 1e+300"},
        Hostile{
            "truth_value", entry("\"U8\"", "[true]", "[0,8]"), "x has true"},
        Hostile{
            "text_for_a_size",
            entry("\"F32\"", "[\"2\"]", "[0,8]"),
            "x has \"2\""},
        Hostile{"negative_size", entry("\"F32\"", "[-2]", "[0,8]"), "x has -2"},
        Hostile{
            "size_beyond_int64",
            entry("\"F32\"", "[18446744073709551615]", "[0,8]"),
            "x has the impossible shape [-1]"},
        Hostile{
            "overflowing_shape",
            entry("\"F32\"", "[4294967296,4294967296,2]", "[0,8]"),
            "x has the impossible shape"},
        Hostile{
            "overflow_hidden_by_zero",
            entry("\"F32\"", "[0,4294967296,4294967296]", "[0,0]"),
            "x has the impossible shape"},
        Hostile{
            "too_many_dimensions",
            entry("\"F32\"", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2]", "[0,8]"),
            "at most 16 sizes"}),
    [](const auto& it) { return it.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Places,
    HostileHeaders,
    ::testing::Values(
        Hostile{
            "end_beyond_the_data",
            entry("\"F32\"", "[4]", "[0,16]"),
            "x lies at 0..16, and its shape wants 16 bytes from 0 of 8"},
        Hostile{
            "end_before_begin",
            entry("\"F32\"", "[2]", "[8,0]"),
            "x lies at 8..0"},
        Hostile{
            "shape_of_another_size",
            entry("\"F32\"", "[3]", "[0,8]"),
            "its shape wants 12 bytes"},
        Hostile{
            "other_type_than_bytes",
            entry("\"F64\"", "[2]", "[0,8]"),
            "its shape wants 16 bytes"},
        Hostile{"one_offset", entry("\"F32\"", "[2]", "[0]"), "two offsets"},
        Hostile{
            "gap_before", entry("\"F32\"", "[1]", "[4,8]"), "x lies at 4..8"},
        Hostile{
            "gap_behind",
            entry("\"F32\"", "[1]", "[0,4]"),
            "its tensors take 4 bytes of 8"},
        Hostile{
            "overlap",
            R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
            R"("b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
            "b lies at 4..8"},
        Hostile{
            "same_place_twice",
            R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
            R"("b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
            "and its shape wants 8 bytes from 8 of 8"}),
    [](const auto& it) { return it.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Forms,
    HostileHeaders,
    ::testing::Values(
        Hostile{
            "name_twice",
            R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
            R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
            "its header names a twice"},
        Hostile{
            "unknown_type",
            entry("\"F8_E4M3\"", "[8]", "[0,8]"),
            "x has the unknown type F8_E4M3"},
        Hostile{
            "type_is_a_number", entry("7", "[2]", "[0,8]"), "no valid JSON"},
        Hostile{"no_shape", R"({"x":{"dtype":"F32"}})", "no valid JSON"},
        Hostile{
            "shape_is_no_list",
            entry("\"F32\"", "2", "[0,8]"),
            "wants a shape"},
        Hostile{"a_list", "[1,2]", "no valid JSON"},
        Hostile{"a_number", "5", "no valid JSON"},
        Hostile{"cut_short", R"({"x":{"dtype":"F3)", "no valid JSON"},
        Hostile{"nothing", "", "no valid JSON"},
        Hostile{
            "metadata_of_numbers",
            R"({"__metadata__":{"a":1}})",
            "no valid JSON"},
        Hostile{"deep", std::string(1 << 20, '['), "no valid JSON"},
        Hostile{"no_utf8", "{\"\xff\xfe\":1}", "no valid JSON"}),
    [](const auto& it) { return it.param.name; });

TEST(TensorHeader, RefusesMoreTensorsThanAnyNetworkHas) {
  std::string text = "{";
  for (int i = 0; i < 40000; ++i) {
    text += fmt::format("{}\"{}\":0", i == 0 ? "" : ",", i);
  }
  EXPECT_THAT(
      [&] { read(text + "}"); },
      ThrowsMessage<BadData>("its header names more than 32768 tensors"));
}

}  // namespace
}  // namespace convoy
