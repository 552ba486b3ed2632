// Weight files of PyTorch, read without Python: bit by bit what it saved.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "nets/weights/weights.h"
#include "tests/nets/weights/torch_files.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class ReadWeights : public ::testing::TestWithParam<const char*> {};

TEST_P(ReadWeights, GivesWhatTorchSavedBitByBit) {
  const std::string name = GetParam();
  const Weights zip = read_weights(testing::torch_files() / (name + ".pth"));
  EXPECT_EQ(zip.format, "pth (zip)");
  testing::expect_tensors(zip.tensors, name);
  const Weights legacy =
      read_weights(testing::torch_files() / (name + ".legacy.pth"));
  EXPECT_EQ(legacy.format, "pth (legacy)");
  testing::expect_tensors(legacy.tensors, name + ".legacy");
}

INSTANTIATE_TEST_SUITE_P(
    Of,
    ReadWeights,
    ::testing::Values(
        "torchvision",
        "types",
        "views",
        "parameters",
        "in_state_dict",
        "in_model",
        "in_model_state_dict",
        "in_state_dict_ema",
        "in_model_ema",
        "in_net",
        "averaged",
        "averaged_alone",
        "averaged_parallel",
        "attributes",
        "old_parameters",
        "oldest_parameters",
        "old_tensors",
        "oldest_tensors",
        "training",
        "parallel",
        "compiled",
        "both_prefixes",
        "one_prefix",
        "protocol3",
        "protocol4",
        "protocol5",
        "without_crc"),
    [](const auto& it) { return std::string(it.param); });

TEST(ReadWeightsOnce, TiedTensorsGetMemoryOfTheirOwn) {
  for (const char* const file : {"views.pth", "views.legacy.pth"}) {
    std::set<const void*> begins;
    std::size_t with_elements = 0;
    const Weights weights = read_weights(testing::torch_files() / file);
    for (const NamedTensor& entry : weights.tensors) {
      if (entry.tensor.numel() > 0) {
        ++with_elements;
        begins.insert(entry.tensor.const_data_ptr());
        EXPECT_EQ(entry.tensor.storage().nbytes(), entry.tensor.nbytes());
      }
    }
    EXPECT_EQ(begins.size(), with_elements);
  }
}

TEST(ReadWeightsOnce, RunsNothingThatAPickleWouldCall) {
  const auto& folder = testing::torch_files();
  for (const std::string end : {".pth", ".legacy.pth"}) {
    testing::expect_tensors(
        read_weights(folder / ("evil_beside" + end)).tensors, "evil_beside");
    EXPECT_THAT(
        [&] { read_weights(folder / ("evil_instead" + end)); },
        ThrowsMessage<WeightError>(
            AllOf(HasSubstr("\"fc.bias\""), HasSubstr("posix.system"))));
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "marker"));
}

struct Refusal {
  const char* file;
  const char* words;
};

class RefusedWeights : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusedWeights, AreRefusedWithASentence) {
  const Refusal& refusal = GetParam();
  for (const std::string end : {".pth", ".legacy.pth"}) {
    const std::string path = testing::torch_files() / (refusal.file + end);
    EXPECT_THAT(
        [&] { read_weights(path); },
        ThrowsMessage<WeightError>(
            AllOf(HasSubstr(path), HasSubstr(refusal.words))))
        << path;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Of,
    RefusedWeights,
    ::testing::Values(
        Refusal{"module", "torch.save(model.state_dict(), path)"},
        Refusal{"module_inside", "Sequential"},
        Refusal{"list", "it holds a list; want a state dict"},
        Refusal{"complex", "torch.ComplexFloatStorage"},
        Refusal{"sparse", "_rebuild_sparse_tensor"},
        Refusal{"text", "its tensor \"b\" is a text; want a dense tensor"},
        Refusal{"nothing", "it holds a dict of \"epoch\"; want a state dict"}),
    [](const auto& it) { return std::string(it.param.file); });

TEST(ReadWeightsOnce, RefusesATorchScriptProgram) {
  EXPECT_THAT(
      [] { read_weights(testing::torch_files() / "script.pth"); },
      ThrowsMessage<WeightError>(HasSubstr("TorchScript program")));
}

TEST(ReadWeightsOnce, RefusesOtherFilesByWhatTheyBeginWith) {
  EXPECT_THAT(
      testing::weight_refusal("<!DOCTYPE html><html>"),
      AllOf(HasSubstr("\"<!DOCTYPE html><\""), HasSubstr("want a .pth file")));
  EXPECT_THAT(testing::weight_refusal(""), HasSubstr("it is empty"));
}

TEST(ReadWeightsOnce, RefusesTheTarArchivesOfTheFirstVersions) {
  std::string header(512, '\0');
  header.replace(0, 8, "sys_info");
  header.replace(257, 5, "ustar");
  EXPECT_THAT(
      testing::weight_refusal(header),
      AllOf(
          HasSubstr("it is a tar archive"), HasSubstr("before torch 0.1.10")));
}

TEST(ReadWeightsOnce, SaysWhatCantBeOpened) {
  const testing::TempDir folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  for (const std::string& path :
       {folder / "none.pth", folder.path().string(), folder / "pipe"}) {
    EXPECT_THAT(
        [&] { read_weights(path); },
        ThrowsMessage<WeightFileMissing>(HasSubstr(path)));
  }
}

}  // namespace
}  // namespace convoy
