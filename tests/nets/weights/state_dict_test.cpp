// Which entries of a file are the weights, and what they may be called.

#include "nets/weights/state_dict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/weights/limits.h"
#include "tests/nets/weights/made_files.h"
#include "tests/nets/weights/torch_files.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;

std::string file_of(const std::string& pickle) {
  return testing::made_zip(testing::zip_of(pickle, {std::string(24, '\1')}));
}

const std::string& pickled_floats() {
  static const std::string code = testing::pickled_tensor({});
  return code;
}

const std::string& pickled_scalar() {
  static const std::string code =
      testing::pickled_tensor({.shape = {}, .strides = {}});
  return code;
}

/// The names that are read from a file with tensors of these names; those that
/// end in "averaged" have no dimension.
std::string read_names(const std::vector<std::string>& names) {
  std::vector<std::pair<std::string, std::string>> items;
  for (const std::string& name : names) {
    items.emplace_back(
        name, name.ends_with("averaged") ? pickled_scalar() : pickled_floats());
  }
  const Weights weights =
      read_weights(file_of(testing::pickled_dict(items)), "FILE");
  std::string read;
  for (const NamedTensor& entry : weights.tensors) {
    read += entry.name + " ";
  }
  return read;
}

TEST(StateDict, RefusesNamesThatAreNoText) {
  const std::string& tensor = pickled_floats();
  const std::string integer_key = "\x80\x02}(K\x01" + tensor + "u.";
  for (const auto& [pickle, words] :
       std::vector<std::pair<std::string, std::string>>{
           {testing::pickled_dict({{"a\xc0\x80", tensor}}), "want text"},
           {testing::pickled_dict({{"a\n", tensor}}), "want text"},
           {testing::pickled_dict({{"", tensor}}), "want text"},
           {testing::pickled_dict({{"a", tensor}, {"a", tensor}}),
            "its state dict names \"a\" twice"},
           {integer_key, "names an entry by an integer"}}) {
    EXPECT_THAT(testing::weight_refusal(file_of(pickle)), HasSubstr(words));
  }
}

TEST(StateDict, AcceptsNamesBeyondAscii) {
  const std::string name =
      "gr\xc3\xb6\xc3\x9f"
      "e.\xe2\x82\xac.\xf0\x9f\x9a\x97";
  EXPECT_EQ(read_names({name}), name + " ");
}

TEST(StateDict, RefusesLongNamesInBothFormats) {
  const std::string longest(kMostTensorNameBytes, 'n');
  EXPECT_EQ(read_names({longest}), longest + " ");
  EXPECT_THAT(
      testing::weight_refusal(
          file_of(testing::pickled_dict({{longest + "n", pickled_floats()}}))),
      HasSubstr("nnn...\" in 1025 bytes; want at most 1024"));
  const auto safetensors = [](const std::string& name) {
    return testing::made_safetensors(
        "{\"" + name + R"(":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
        1);
  };
  EXPECT_EQ(testing::weight_refusal(safetensors(longest)), "accepted");
  EXPECT_THAT(
      testing::weight_refusal(safetensors(longest + "n")),
      HasSubstr("nnn...\" in 1025 bytes; want at most 1024"));
}

/// A dict of a tensor without elements, under very many names.
std::string pickle_of_many(std::size_t count) {
  std::string code = "\x80\x02}(" + testing::pickled_text("first") +
                     testing::pickled_tensor({.shape = {0}, .strides = {1}}) +
                     std::string("q\0", 2);
  for (std::size_t i = 1; i < count; ++i) {
    code += testing::pickled_text(std::to_string(i)) + std::string("h\0", 2);
  }
  return code + "u.";
}

TEST(StateDict, RefusesMoreTensorsThanAnyNetworkHas) {
  EXPECT_EQ(
      read_weights(file_of(pickle_of_many(10'000)), "FILE").tensors.size(),
      10'000u);
  EXPECT_THAT(
      testing::weight_refusal(file_of(pickle_of_many(kMostTensors + 1))),
      HasSubstr("its state dict has 131073 entries; want at most 131072"));
}

TEST(StateDict, RefusesMoreZipEntriesThanStoragesOfSoManyTensors) {
  testing::MadeZip zip = testing::zip_of(
      testing::pickled_dict({{"w", pickled_floats()}}),
      {std::string(24, '\1')});
  for (std::size_t i = 1; i < kMostTensors + 20; ++i) {
    zip.entries.push_back({"a/data/" + std::to_string(i), ""});
  }
  zip.end.zip64 = true;
  zip.end.entries_lie = static_cast<std::uint32_t>(0xffff - zip.entries.size());
  EXPECT_THAT(
      testing::weight_refusal(testing::made_zip(zip)),
      HasSubstr("would hold 131094 entries; want at most 131088"));
}

TEST(StateDict, LosesThePrefixesThatAllNamesShare) {
  EXPECT_EQ(read_names({"module.a", "module.b"}), "a b ");
  EXPECT_EQ(read_names({"module.a", "b"}), "module.a b ");
  EXPECT_EQ(read_names({"module._orig_mod.module.a"}), "a ");
  EXPECT_EQ(read_names({"_orig_mod.module.a", "_orig_mod.a"}), "module.a a ");
  EXPECT_EQ(
      read_names({"module.module.", "module.module.b"}), "module. module.b ");
}

TEST(StateDict, LosesThousandsOfPrefixesAtOnce) {
  std::string name;
  for (int i = 0; i < 500'000; ++i) {
    name += "module.";
  }
  const Weights weights = read_weights(
      testing::made_safetensors(
          "{\"" + name +
              R"(w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
          1),
      "FILE");
  EXPECT_EQ(weights.tensors.at(0).name, "w");
}

TEST(StateDict, LosesTheCounterOfAnAveragedModel) {
  EXPECT_EQ(read_names({"n_averaged", "module.a", "module.b"}), "a b ");
  EXPECT_EQ(read_names({"module.module.a", "n_averaged"}), "a ");
  EXPECT_EQ(
      read_names({"n_averaged", "module.a", "b"}), "n_averaged module.a b ");
  EXPECT_EQ(read_names({"module.n_averaged", "module.a"}), "n_averaged a ");
  EXPECT_EQ(read_names({"n_averaged"}), "n_averaged ");
  const std::string refused = testing::pickled_dict(
      {{"n_averaged", pickled_floats()}, {"module.a", pickled_floats()}});
  EXPECT_EQ(
      read_weights(file_of(refused), "FILE").tensors.at(0).name, "n_averaged");
}

TEST(StateDict, OfAnAverageGoesBeforeThatOfTheWeights) {
  const auto dict_of = [](const std::string& name) {
    return "}" + testing::pickled_text(name) + pickled_floats() + "s";
  };
  for (const char* const average : {"model_ema", "state_dict_ema"}) {
    const Weights weights = read_weights(
        file_of(testing::pickled_dict(
            {{"model", dict_of("plain")},
             {"state_dict", dict_of("plain")},
             {average, dict_of("average")}})),
        "FILE");
    EXPECT_EQ(weights.tensors.at(0).name, "average");
  }
  const Weights weights = read_weights(
      file_of(testing::pickled_dict(
          {{"model", dict_of("plain")}, {"model_ema", "N"}})),
      "FILE");
  EXPECT_EQ(weights.tensors.at(0).name, "plain");
}

}  // namespace
}  // namespace convoy
