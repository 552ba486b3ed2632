#include "trainer/checkpoint/tensor_file.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "data/errors.h"
#include "tests/support/small_disk.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TensorFile sample_file() {
  return {
      {{"conv.weight",
        at::arange(2 * 3 * 2 * 2, at::kFloat)
            .reshape({2, 3, 2, 2})
            .contiguous(at::MemoryFormat::ChannelsLast)},
       {"count", at::full({}, 7, at::kLong)},
       {"half", at::full({3}, 0.5, at::kBFloat16)}},
      {{"convoy.net", "resnet18"}, {"note", "\"quoted\" \\ text"}}};
}

std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {(std::istreambuf_iterator<char>(file)), {}};
}

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST(TensorFile, ReadsBackWhatItWrote) {
  const testing::TempDir folder;
  write_tensor_file(folder / "a.safetensors", sample_file());
  const TensorFile back = read_tensor_file(folder / "a.safetensors");
  const TensorFile original = sample_file();
  ASSERT_EQ(back.tensors.size(), original.tensors.size());
  for (std::size_t i = 0; i < back.tensors.size(); ++i) {
    EXPECT_EQ(back.tensors[i].name, original.tensors[i].name);
    EXPECT_TRUE(back.tensors[i].tensor.equal(original.tensors[i].tensor));
  }
  EXPECT_EQ(back.metadata.at("convoy.net"), "resnet18");
  EXPECT_EQ(back.metadata.at("note"), "\"quoted\" \\ text");
}

TEST(TensorFile, IsASafetensorsFileToOthers) {
  const testing::TempDir folder;
  write_tensor_file(folder / "a.safetensors", sample_file());
  // The format as its documentation gives it, read by hand.
  const std::string script = fmt::format(
      "import json,struct,numpy as n\n"
      "b=open(\"{}\",\"rb\").read()\n"
      "h,=struct.unpack(\"<Q\",b[:8])\n"
      "j=json.loads(b[8:8+h])\n"
      "d=b[8+h:]\n"
      "e=j[\"conv.weight\"]\n"
      "assert e[\"dtype\"]==\"F32\" and e[\"shape\"]==[2,3,2,2]\n"
      "x=n.frombuffer(d[slice(*e[\"data_offsets\"])],\"<f4\")\n"
      "assert (x==n.arange(24)).all()\n"
      "assert max(t[\"data_offsets\"][1] for k,t in j.items() if "
      "k!=\"__metadata__\")==len(d)\n"
      "assert all(isinstance(v,str) for v in j[\"__metadata__\"].values())\n",
      folder / "a.safetensors");
  EXPECT_EQ(
      std::system(fmt::format("{} -c '{}'", CONVOY_PYTHON, script).c_str()), 0);
}

TEST(TensorFile, MayBeWrittenAgainAsItWasRead) {
  const testing::TempDir folder;
  write_tensor_file(folder / "a.safetensors", sample_file());
  write_tensor_file(
      folder / "b.safetensors", read_tensor_file(folder / "a.safetensors"));
  EXPECT_EQ(
      read_bytes(folder / "b.safetensors"),
      read_bytes(folder / "a.safetensors"));
  EXPECT_NO_THROW(read_tensor_file(folder / "b.safetensors"));
}

TEST(TensorFile, NoticesEveryCut) {
  const testing::TempDir folder;
  write_tensor_file(folder / "a.safetensors", sample_file());
  const std::string whole = read_bytes(folder / "a.safetensors");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    write_bytes(folder / "cut", whole.substr(0, length));
    EXPECT_THROW(read_tensor_file(folder / "cut"), BadData) << length;
  }
  write_bytes(folder / "longer", whole + "x");
  EXPECT_THROW(read_tensor_file(folder / "longer"), BadData);
}

TEST(TensorFile, NoticesEveryFlippedBit) {
  const testing::TempDir folder;
  write_tensor_file(folder / "a.safetensors", sample_file());
  const std::string whole = read_bytes(folder / "a.safetensors");
  for (std::size_t byte = 0; byte < whole.size(); ++byte) {
    std::string damaged = whole;
    damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << (byte % 8)));
    write_bytes(folder / "flipped", damaged);
    EXPECT_THROW(read_tensor_file(folder / "flipped"), BadData) << byte;
  }
}

TEST(TensorFile, RefusesFilesOfOtherProgramsWithASentence) {
  const testing::TempDir folder;
  std::string header =
      R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  write_bytes(
      folder / "other",
      std::string(1, static_cast<char>(header.size())) + std::string(7, '\0') +
          header + std::string(4, '\0'));
  EXPECT_THAT(
      [&] { read_tensor_file(folder / "other"); },
      ThrowsMessage<BadData>(HasSubstr("no checksum of convoy's")));
  EXPECT_THROW(read_tensor_file(folder / "none"), MissingInput);
}

TEST(TensorFile, RefusesAHeaderLongerThanTheFile) {
  const testing::TempDir folder;
  for (const char last : {'\x00', '\x01', '\x7f', '\xff'}) {
    write_bytes(folder / "huge", std::string(6, '\xff') + last + last + "{}");
    EXPECT_THAT(
        [&] { read_tensor_file(folder / "huge"); },
        ThrowsMessage<BadData>(
            HasSubstr("does not begin as a safetensors file does")));
  }
}

TEST(TensorFile, RefusesFoldersAndPipesAtOnce) {
  const testing::TempDir folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  for (const std::string& path : {folder.path().string(), folder / "pipe"}) {
    EXPECT_THAT(
        [&] { read_tensor_file(path); },
        ThrowsMessage<MissingInput>(HasSubstr("is no file")));
  }
}

TEST(TensorFile, KeepsTheOldFileWhenTheDiskIsFull) {
  const testing::TempDir folder;
  const std::filesystem::path disk(folder / "disk");
  std::filesystem::create_directory(disk);
  {
    const testing::SmallDisk small(disk.string(), 64);
    write_tensor_file(disk / "a.safetensors", sample_file());
    TensorFile big = sample_file();
    big.tensors.push_back({"big", at::full({100000}, 1.0f)});
    EXPECT_THAT(
        [&] { write_tensor_file(disk / "a.safetensors", big); },
        ThrowsMessage<WriteFailure>(HasSubstr("a.safetensors")));
    EXPECT_EQ(read_tensor_file(disk / "a.safetensors").tensors.size(), 3u);
    EXPECT_EQ(
        std::distance(
            std::filesystem::directory_iterator(disk),
            std::filesystem::directory_iterator()),
        1);
  }
}

}  // namespace
}  // namespace convoy
