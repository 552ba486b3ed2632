// Files of torch.save before 1.6 that contradict themselves.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "nets/weights/pth.h"
#include "tests/nets/weights/made_files.h"
#include "tests/nets/weights/torch_files.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using testing::MadeTensor;
using testing::pickled_tensor;
using testing::pickled_text;

/// The parts of a file; opcodes, and the bytes behind them.
struct MadeLegacy {
  std::string magic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
  std::string protocol = "M\xe9\x03";
  std::string system = "}" + pickled_text("little_endian") + "\x88s";
  std::vector<std::pair<std::string, std::string>> tensors{
      {"w", pickled_tensor({})}};
  std::string keys = "]" + pickled_text("0") + "a";
  std::int64_t elements = 6;
  std::string storages = std::string(24, '\1');  ///< behind the count
};

std::string made_legacy(const MadeLegacy& made) {
  std::string file;
  for (const std::string& code : {made.magic, made.protocol, made.system}) {
    file += "\x80\x02" + code + ".";
  }
  file += testing::pickled_dict(made.tensors);
  file += "\x80\x02" + made.keys + ".";
  append_number(file, made.elements);
  return file + made.storages;
}

/// A file of the tensor as "w".
MadeLegacy legacy_of(const MadeTensor& tensor) {
  MadeLegacy made;
  made.tensors = {{"w", pickled_tensor(tensor)}};
  return made;
}

TEST(PthLegacy, ReadsAFileMadeByHand) {
  const Weights weights = read_weights(made_legacy({}), "FILE");
  EXPECT_EQ(weights.format, "pth (legacy)");
  EXPECT_EQ(testing::list_tensors(weights.tensors), "w float32 2x3\n");
  EXPECT_EQ(testing::all_bytes(weights.tensors), std::string(24, '\1'));
}

struct LegacyTrick {
  const char* name;
  std::function<void(MadeLegacy&)> play;
  const char* words;
};

class LegacyTricks : public ::testing::TestWithParam<LegacyTrick> {};

TEST_P(LegacyTricks, AreRefusedWithASentence) {
  MadeLegacy made;
  GetParam().play(made);
  EXPECT_THAT(
      testing::weight_refusal(made_legacy(made)), HasSubstr(GetParam().words));
}

const std::vector<LegacyTrick> kPreambleTricks{
    {"MagicInAList",
     [](auto& m) { m.magic = "]" + m.magic + "a"; },
     "does not begin with torch.save's number and its protocol 1001"},
    {"OtherProtocol",
     [](auto& m) { m.protocol = "M\xea\x03"; },
     "does not begin with torch.save's number and its protocol 1001"},
    {"NoProtocol",
     [](auto& m) { m.protocol = "N"; },
     "does not begin with torch.save's number and its protocol 1001"},
    {"BigEndian",
     [](auto& m) { m.system = "}" + pickled_text("little_endian") + "\x89s"; },
     "does not say that its byte order is little-endian"},
    {"NoByteOrder",
     [](auto& m) { m.system = "}"; },
     "does not say that its byte order is little-endian"},
    {"ByteOrderOfAnInteger",
     [](auto& m) { m.system = "}" + pickled_text("little_endian") + "K\x01s"; },
     "does not say that its byte order is little-endian"},
};

const std::vector<LegacyTrick> kStorageTricks{
    {"UnknownType",
     [](auto& m) { m = legacy_of({.type = "QInt8Storage"}); },
     "something in it has a storage of the global \"torch.QInt8Storage\""},
    {"TwoTypes",
     [](auto& m) {
       m.tensors.emplace_back("v", pickled_tensor({.type = "IntStorage"}));
     },
     "its storage \"0\" has two types"},
    {"LargerSecondView",
     [](auto& m) {
       m.tensors.emplace_back("v", pickled_tensor({.elements = 7}));
     },
     "\"v\" wants 7 elements from 0 on of a storage of 6"},
    {"LongKey",
     [](auto& m) { m = legacy_of({.key = std::string(257, '0')}); },
     "has 257 bytes; want at most 256"},
    {"NoListOfKeys",
     [](auto& m) { m.keys = "N"; },
     "it has None where the list of its storages belongs"},
    {"KeyTwice",
     [](auto& m) {
       m.keys = "](" + pickled_text("0") + pickled_text("0") + "e";
       m.storages += std::string("\6\0\0\0\0\0\0\0", 8) + m.storages;
     },
     "it lists the storage \"0\" twice or without need"},
    {"KeyOfNoTensor",
     [](auto& m) { m.keys = "]" + pickled_text("1") + "a"; },
     "it lists the storage \"1\" twice or without need"},
    {"KeyOfAnInteger",
     [](auto& m) {
       m.keys =
           "]K\x01"
           "a";
     },
     "it lists the storage \"\" twice or without need"},
    {"MissingStorage",
     [](auto& m) { m.tensors.emplace_back("v", pickled_tensor({.key = "1"})); },
     "its tensor \"v\" lies in the storage \"1\", which the file lacks"},
    {"FewerElements",
     [](auto& m) { m.elements = 5; },
     "its storage \"0\" has 5 elements of 4 bytes; want 6"},
    {"NegativeElements",
     [](auto& m) {
       m = legacy_of({.elements = -6});
       m.elements = -6;
     },
     "its storage \"0\" has -6 elements of 4 bytes"},
    {"MoreElementsThanBytes",
     [](auto& m) {
       m = legacy_of({.elements = std::int64_t{1} << 62});
       m.elements = std::int64_t{1} << 62;
     },
     "has 4611686018427387904 elements of 4 bytes; want "
     "4611686018427387904, and the file has 24 bytes left"},
    {"CutShort",
     [](auto& m) { m.storages.pop_back(); },
     "and the file has 23 bytes left"},
    {"BytesBehind",
     [](auto& m) { m.storages += "xy"; },
     "2 bytes follow its last storage"},
    {"NoKeys",
     [](auto& m) { m.keys = "]"; },
     "32 bytes follow its last storage"},
    {"NoCount",
     [](auto& m) {
       m.keys = "](" + pickled_text("0") + pickled_text("1") + "e";
       m.tensors.emplace_back("v", pickled_tensor({.key = "1"}));
     },
     "its storages should have 8 more bytes"},
};

std::string legacy_trick_name(const ::testing::TestParamInfo<LegacyTrick>& it) {
  return it.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    OfThePreamble,
    LegacyTricks,
    ::testing::ValuesIn(kPreambleTricks),
    legacy_trick_name);
INSTANTIATE_TEST_SUITE_P(
    OfStorages,
    LegacyTricks,
    ::testing::ValuesIn(kStorageTricks),
    legacy_trick_name);

}  // namespace
}  // namespace convoy
