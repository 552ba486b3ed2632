// Pickles read as data: what Python would do, and what it would not.

#include "nets/weights/pickle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/weights/errors.h"
#include "tests/nets/weights/made_files.h"

namespace convoy {
namespace {

using Kind = PickleValue::Kind;
using ::testing::HasSubstr;
using testing::pickled_text;
using ::testing::ThrowsMessage;

/// What read_pickle() says of a program that it must refuse.
std::string pickle_refusal(const std::string& code) {
  try {
    read_pickle(code);
  } catch (const WeightError& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Pickle, ReadsNumbers) {
  const Pickle pickle = read_pickle(std::string(
      "(K\xffM\xff\xffJ\xfe\xff\xff\xff\x8a\x02\x00\x80\x8a\x00"
      "\x8b\x01\x00\x00\x00\x05\x88\x89Nt.",
      28));
  std::vector<std::int64_t> integers;
  for (const PickleValue* const item : pickle.top->items) {
    integers.push_back(item->integer);
  }
  EXPECT_EQ(
      integers,
      (std::vector<std::int64_t>{255, 65535, -2, -32768, 0, 5, 1, 0, 0}));
  EXPECT_EQ(pickle.top->items[6]->kind, Kind::boolean);
  EXPECT_EQ(pickle.top->items[8]->kind, Kind::none);
}

TEST(Pickle, KeepsIntegersThat64BitsDontHoldAsTheirBytes) {
  const Pickle pickle = read_pickle(
      "\x8a\x09"
      "123456789.");
  EXPECT_EQ(pickle.top->kind, Kind::huge_integer);
  EXPECT_EQ(pickle.top->text, "123456789");
}

TEST(Pickle, ReadsTheOrderedDictOfPython2) {
  const Pickle pickle = read_pickle(
      "\x80\x02"
      "ccollections\nOrderedDict\n](](U\x01"
      "aK\x01"
      "e](U\x01"
      "bK\x02"
      "ee\x85R.");
  ASSERT_EQ(pickle.top->kind, Kind::dict);
  EXPECT_EQ(find_in_dict(*pickle.top, "a")->integer, 1);
  EXPECT_EQ(find_in_dict(*pickle.top, "b")->integer, 2);
  EXPECT_EQ(find_in_dict(*pickle.top, "c"), nullptr);
}

TEST(Pickle, LetsTheLastOfEqualKeysWin) {
  const std::string code =
      "}(" + pickled_text("a") + "K\x01" + pickled_text("a") + "K\x02u.";
  const Pickle pickle = read_pickle(code);
  EXPECT_EQ(find_in_dict(*pickle.top, "a")->integer, 2);
}

TEST(Pickle, NotesACallAndMakesNone) {
  const std::string marker = ::testing::TempDir() + "convoy-pickle-marker";
  const std::string code =
      "cos\nsystem\n" + pickled_text("touch " + marker) + "\x85R.";
  const Pickle pickle = read_pickle(code);
  EXPECT_EQ(pickle.top->kind, Kind::call);
  EXPECT_TRUE(pickle.top->callee->is_global("os", "system"));
  EXPECT_EQ(describe_value(*pickle.top), "an object of \"os.system\"");
  EXPECT_FALSE(std::filesystem::exists(marker));
}

TEST(Pickle, MayHoldItself) {
  const Pickle pickle = read_pickle(std::string("]q\0h\0a.", 7));
  EXPECT_EQ(pickle.top->items, std::vector<const PickleValue*>{pickle.top});
}

TEST(Pickle, EndsAtItsStop) {
  EXPECT_EQ(read_pickle("N.N.").length, 2u);
}

TEST(Pickle, RefusesOpcodesOutsideItsList) {
  // Text protocols, instances, extensions, buffers, and no opcodes at all.
  for (const char opcode :
       {'I',
        'L',
        'S',
        'V',
        'F',
        'P',
        'p',
        'g',
        'i',
        'o',
        '\x82',
        '\x83',
        '\x84',
        '\x97',
        '\x98',
        '\xff',
        'z',
        '\0'}) {
    EXPECT_THAT(
        pickle_refusal(std::string("N") + opcode + "0\n."),
        HasSubstr("has the opcode 0x"))
        << opcode;
  }
}

TEST(Pickle, RefusesProgramsThatTakeWhatIsNotThere) {
  for (const char* const code :
       {".",
        "0.",
        "(.",
        "(0.",
        "N(0.",
        "2.",
        "\x85.",
        "N\x86.",
        "t.",
        "NNu.",
        "]e.",
        "]a.",
        "}Ns.",
        "}(Nu.",
        "(Nd.",
        "1.",
        "R.",
        "NNR.",
        "]]R.",
        "Nb.",
        "NNb.",
        "]Nb.",
        "(NQ0.",
        "\x93.",
        "NN\x93.",
        "h\x05.",
        "j\x05\x05\x05\x05.",
        "q\x05.",
        "\x94.",
        "NNa.",
        "KNNs.",
        "ccollections\nOrderedDict\nN\x85R.",
        "ccollections\nOrderedDict\n]N\x86R.",
        "ccollections\nOrderedDict\n](]e\x85R."}) {
    EXPECT_NE(pickle_refusal(code), "accepted") << code;
  }
}

TEST(Pickle, RefusesLengthsBeyondItsEnd) {
  for (const std::string& code : std::vector<std::string>{
           std::string(
               "X\xff\xff\xff\xff"
               "a.",
               7),
           std::string(
               "T\xff\xff\xff\x7f"
               "a.",
               7),
           "\x8d" + std::string(8, '\xff') + "a.",
           "\x8e" + std::string(7, '\xff') +
               "\x7f"
               "a.",
           "\x96" + std::string(8, '\xff') + "a.",
           std::string(
               "\x8b\xff\xff\xff\xff"
               "a.",
               7),
           "\x8a\xff"
           "a.",
           "G1234.",
           "cos\nsystem.",
           "cos.",
           "\x95"
           "1234",
           "",
           "N",
           "\x80"}) {
    EXPECT_THAT(pickle_refusal(code), HasSubstr("more bytes")) << code;
  }
}

TEST(Pickle, SurvivesDeepNesting) {
  constexpr std::size_t kDeep = 1'000'000;
  EXPECT_EQ(
      pickle_refusal(
          std::string(kDeep, ']') + std::string(kDeep - 1, 'a') + "."),
      "accepted");
  EXPECT_EQ(pickle_refusal("N" + std::string(kDeep, '\x85') + "."), "accepted");
}

TEST(Pickle, RefusesMoreThanAnyWeightsNeed) {
  constexpr std::size_t kMany = 1u << 22;
  EXPECT_THAT(
      pickle_refusal(std::string(kMany, 'N') + "."),
      HasSubstr("holds more than 2097152 values"));
  EXPECT_THAT(
      pickle_refusal(std::string(kMany, '(')),
      HasSubstr("has more than 2097152 marks"));
  EXPECT_THAT(
      pickle_refusal("N" + std::string(1u << 24, '2') + "."),
      HasSubstr("has more than 16777216 opcodes"));
}

TEST(Pickle, RefusesToMultiplyArguments) {
  std::string code = "(" + std::string(100'000, 'N') + std::string("tq\0", 3);
  for (int i = 0; i < 1000; ++i) {
    code += std::string("Nh\0R", 4);
  }
  EXPECT_THAT(
      pickle_refusal(code + "."),
      HasSubstr("calls with more than 16777216 arguments"));
}

}  // namespace
}  // namespace convoy
