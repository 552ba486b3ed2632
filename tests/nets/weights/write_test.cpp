// Weight files that convoy writes, read by PyTorch and the safetensors package.

#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "nets/weights/weights.h"
#include "tests/nets/weights/torch_files.h"
#include "tests/support/small_disk.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// Files of make_weights.py to copy; the first one's weights fit a network.
const std::vector<std::string> kOriginals{"torchvision", "types", "views"};
constexpr const char* kNetwork = "mobilenet_v3_small";

std::string original_path(const std::string& name) {
  return testing::torch_files() / (name + ".pth");
}

TEST(WriteWeights, WritesWhatTorchReadsWithoutCodeAndLoadsStrictly) {
  const testing::TempDir folder;
  std::vector<std::string> arguments{kNetwork};
  for (const std::string& name : kOriginals) {
    const std::string pth = folder / (name + ".pth");
    const std::string safe = folder / (name + ".safetensors");
    const std::vector<NamedTensor> tensors =
        read_weights(original_path(name)).tensors;
    write_pth(pth, tensors);
    write_safetensors(safe, tensors, {{"note", "a\nb"}});
    testing::expect_tensors(read_weights(pth).tensors, name);
    const Weights back = read_weights(safe);
    EXPECT_EQ(back.format, "safetensors");
    EXPECT_EQ(back.metadata.at("format"), "pt");
    EXPECT_EQ(back.metadata.at("note"), "a\nb");
    EXPECT_EQ(back.tensors.size(), tensors.size());
    for (const std::string& written : {pth, safe}) {
      arguments.insert(arguments.end(), {original_path(name), written});
    }
  }
  EXPECT_EQ(
      testing::run_python("nets/weights/check_written.py", arguments), "");
}

/// Expects the same tensors, in any order.
void expect_same(const Weights& found, const Weights& wanted) {
  std::map<std::string, at::Tensor> by_name;
  for (const NamedTensor& entry : found.tensors) {
    by_name[entry.name] = entry.tensor;
  }
  ASSERT_EQ(by_name.size(), wanted.tensors.size());
  for (const NamedTensor& entry : wanted.tensors) {
    const at::Tensor& tensor = by_name.at(entry.name);
    EXPECT_EQ(tensor.scalar_type(), entry.tensor.scalar_type());
    EXPECT_EQ(tensor.sizes(), entry.tensor.sizes());
    EXPECT_EQ(
        testing::tensor_bytes(tensor), testing::tensor_bytes(entry.tensor));
  }
}

TEST(WriteWeights, AgreesWithWhatThePackageWrites) {
  const testing::TempDir folder;
  std::vector<std::string> arguments;
  for (const std::string& name : kOriginals) {
    arguments.insert(arguments.end(), {original_path(name), folder / name});
  }
  testing::run_python("nets/weights/write_by_package.py", arguments);
  for (const std::string& name : kOriginals) {
    const Weights theirs = read_weights(folder / name);
    EXPECT_EQ(theirs.metadata.at("source"), "the package");
    expect_same(theirs, read_weights(original_path(name)));
  }
}

/// A transposed tensor and two that share memory; one needs a gradient.
std::vector<NamedTensor> shared_and_transposed() {
  const at::Tensor base = at::arange(12, at::kFloat).view({3, 4});
  at::Tensor trained = at::ones({2}, at::kFloat);
  trained.requires_grad_();
  return {
      {"turned", base.t()},
      {"tied.a", base},
      {"tied.b", base},
      {"trained", trained}};
}

TEST(WriteWeights, WritesViewsContiguously) {
  const testing::TempDir folder;
  const std::vector<NamedTensor> tensors = shared_and_transposed();
  write_pth(folder / "w.pth", tensors);
  write_safetensors(folder / "w.safetensors", tensors, {});
  for (const std::string& path : {folder / "w.pth", folder / "w.safetensors"}) {
    const Weights back = read_weights(path);
    ASSERT_EQ(back.tensors.size(), tensors.size());
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      EXPECT_EQ(back.tensors[i].name, tensors[i].name);
      EXPECT_TRUE(back.tensors[i].tensor.equal(tensors[i].tensor.detach()));
    }
  }
}

TEST(WriteWeights, RefusesWhatTheFormatsLack) {
  const testing::TempDir folder;
  const at::Tensor one = at::ones({1}, at::kFloat);
  const at::Tensor complex = at::zeros({1}, at::kComplexFloat);
  const std::vector<std::vector<NamedTensor>> all{
      {{"a", complex}},
      {{"a", at::Tensor()}},
      {{"", one}},
      {{"a\xff", one}},
      {{"a\n", one}},
      {{"a", one}, {"a", one}}};
  for (const auto& tensors : all) {
    EXPECT_THROW(write_pth(folder / "w", tensors), WeightError);
    EXPECT_THROW(write_safetensors(folder / "w", tensors, {}), WeightError);
  }
  EXPECT_THROW(
      write_safetensors(folder / "w", {{"__metadata__", one}}, {}),
      WeightError);
  EXPECT_THROW(
      write_safetensors(folder / "w", {{"a", one}}, {{"k", "\xff"}}),
      WeightError);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(WriteWeights, KeepsTheOldFileWhenTheDiskIsFull) {
  const testing::TempDir folder;
  const std::filesystem::path disk(folder / "disk");
  std::filesystem::create_directory(disk);
  const testing::SmallDisk small(disk.string(), 64);
  const std::string path = disk / "w.pth";
  write_pth(path, {{"a", at::ones({2}, at::kFloat)}});
  const std::vector<NamedTensor> big{{"big", at::ones({100000}, at::kFloat)}};
  EXPECT_THAT(
      [&] { write_pth(path, big); },
      ThrowsMessage<WeightWriteError>(HasSubstr(path)));
  EXPECT_THROW(write_safetensors(path, big, {}), WeightWriteError);
  EXPECT_EQ(read_weights(path).tensors.at(0).name, "a");
  EXPECT_EQ(
      std::distance(
          std::filesystem::directory_iterator(disk),
          std::filesystem::directory_iterator()),
      1);
}

TEST(WriteWeights, SaysWhereItCantWrite) {
  const testing::TempDir folder;
  EXPECT_THAT(
      [&] { write_pth(folder / "none/w.pth", {}); },
      ThrowsMessage<WeightWriteError>(HasSubstr("none/w.pth")));
}

}  // namespace
}  // namespace convoy
