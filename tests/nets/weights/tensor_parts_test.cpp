// What torch.save has written for a tensor over the years.

#include "nets/weights/tensor_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/nets/weights/made_files.h"
#include "tests/nets/weights/torch_files.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;

// Opcodes that push a class or function.
const std::string kParameter = "ctorch.nn.parameter\nParameter\n";
const std::string kFloatTensor = "ctorch\nFloatTensor\n";
const std::string kTensor = "ctorch\nTensor\n";
const std::string kRebuildV1 = "ctorch._utils\n_rebuild_tensor\n";
const std::string kRebuildV2 = "ctorch._utils\n_rebuild_tensor_v2\n";
const std::string kRebuildParameter = "ctorch._utils\n_rebuild_parameter\n";
const std::string kRebuildWithState =
    "ctorch._utils\n_rebuild_parameter_with_state\n";
const std::string kFromType = "ctorch._tensor\n_rebuild_from_type_v2\n";

// Storage, offset, shape and strides, and what follows them since torch 0.4.
const std::string kParts = testing::pickled_parts({});
const std::string kNewParts = kParts + "\x89}";
const std::string kPlain = testing::pickled_tensor({});

std::string call(const std::string& callee, const std::string& arguments) {
  return callee + "(" + arguments + "tR";
}

std::string new_object(
    const std::string& callee, const std::string& arguments) {
  return callee + "(" + arguments + "t\x81";
}

std::string with_state(const std::string& object, const std::string& items) {
  return object + "(" + items + "tb";
}

std::string from_type(
    const std::string& rebuild,
    const std::string& type,
    const std::string& arguments) {
  return call(kFromType, rebuild + type + "(" + arguments + "t}");
}

struct Spelling {
  const char* name;
  std::string code;
};

std::string spelling_name(const ::testing::TestParamInfo<Spelling>& it) {
  return it.param.name;
}

class TensorSpellings : public ::testing::TestWithParam<Spelling> {};

TEST_P(TensorSpellings, AreRead) {
  std::string storage;
  for (int i = 0; i < 6; ++i) {
    append_number(storage, 0.5f * static_cast<float>(i));
  }
  const Weights weights = read_weights(
      testing::made_zip(testing::zip_of(
          testing::pickled_dict({{"w", GetParam().code}}), {storage})),
      "FILE");
  EXPECT_EQ(testing::list_tensors(weights.tensors), "w float32 2x3\n");
  EXPECT_EQ(testing::all_bytes(weights.tensors), storage);
}

const std::vector<Spelling> kSpellings{
    {"Version1", call(kRebuildV1, kParts)},
    {"Version2", call(kRebuildV2, kNewParts)},
    {"StateOfAClass", with_state(call(kFloatTensor, ""), kParts)},
    {"StateOfANewObject", with_state(new_object(kFloatTensor, ""), kParts)},
    {"StateOfACudaClass",
     with_state(call("ctorch.cuda\nFloatTensor\n", ""), kParts)},
    {"Parameter", call(kRebuildParameter, kPlain + "\x88}")},
    {"ParameterOfVersion1",
     call(kRebuildParameter, call(kRebuildV1, kParts) + "\x88}")},
    {"ParameterWithState", call(kRebuildWithState, kPlain + "\x88}}")},
    {"OldParameter", with_state(call(kParameter, kPlain), "\x88\x89}")},
    {"OldNewParameter",
     with_state(new_object(kParameter, kPlain), "\x88\x89}")},
    {"OldParameterWithoutState", call(kParameter, kPlain)},
    {"OldestParameter",
     with_state(new_object(kParameter, ""), kPlain + "N}\x88\x89")},
    {"OldestParameterOfAClass",
     with_state(
         call(kParameter, ""),
         with_state(call(kFloatTensor, ""), kParts) + "N}\x88\x89")},
    {"DataInTheStateGoBeforeOthers",
     with_state(
         call(
             kParameter,
             testing::pickled_tensor({.shape = {1}, .strides = {1}})),
         kPlain + "N}\x88\x89")},
    {"WithAttributes", from_type(kRebuildV2, kTensor, kNewParts)},
    {"ParameterWithAttributes",
     from_type(kRebuildParameter, kParameter, kPlain + "\x88}")},
    {"ParameterOfATensorWithAttributes",
     call(
         kRebuildParameter,
         from_type(kRebuildV2, kTensor, kNewParts) + "\x88}")},
};

INSTANTIATE_TEST_SUITE_P(
    Of, TensorSpellings, ::testing::ValuesIn(kSpellings), spelling_name);

class NoTensors : public ::testing::TestWithParam<Spelling> {};

/// Beside a tensor, which makes theirs a state dict.
TEST_P(NoTensors, AreRefused) {
  EXPECT_THAT(
      testing::weight_refusal(testing::made_zip(testing::zip_of(
          testing::pickled_dict({{"w", kPlain}, {"v", GetParam().code}}),
          {std::string(24, '\1')}))),
      HasSubstr("its tensor \"v\" is an object of"));
}

const std::string kThreeParts = testing::pickled_storage({}) + "K\x01)";

const std::vector<Spelling> kNoTensors{
    {"ThreeParts", call(kRebuildV1, kThreeParts)},
    {"ClassWithoutState", call(kFloatTensor, "")},
    {"ClassWithThreeParts", with_state(call(kFloatTensor, ""), kThreeParts)},
    {"ClassWithADict", call(kFloatTensor, "") + "}b"},
    {"SparseClass",
     with_state(call("ctorch.sparse\nFloatTensor\n", ""), kParts)},
    {"EmptyParameter", call(kParameter, "")},
    {"ParameterOfText", call(kParameter, testing::pickled_text("w"))},
    {"ParameterOfAParameter", call(kParameter, call(kParameter, kPlain))},
    {"ParameterWithAShortState",
     with_state(call(kParameter, ""), kPlain + "N}")},
    {"OtherFunctionWithAttributes",
     from_type("cos\nsystem\n", kTensor, kNewParts)},
    {"OtherTypeWithAttributes",
     from_type(kRebuildV2, "cmine\nTensor\n", kNewParts)},
    {"AttributesWithoutArguments",
     call(kFromType, kRebuildV2 + kTensor + "N}")},
    {"AttributesOfAttributes",
     from_type(
         kFromType, kTensor, kRebuildV2 + kTensor + "(" + kNewParts + "t}")},
};

INSTANTIATE_TEST_SUITE_P(
    Of, NoTensors, ::testing::ValuesIn(kNoTensors), spelling_name);

}  // namespace
}  // namespace convoy
