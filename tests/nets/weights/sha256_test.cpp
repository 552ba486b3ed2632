// SHA-256 and CRC-32 by their published values, and the hub's file names.

#include "nets/weights/sha256.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/weights/crc32.h"
#include "nets/weights/weights.h"
#include "tests/support/files.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Sha256, EqualsTheVectorsOfNist) {
  EXPECT_EQ(
      sha256_of(""),
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(
      sha256_of("abc"),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(
      sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(
      sha256_of("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklm"
                "noijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  EXPECT_EQ(
      sha256_of(std::string(1'000'000, 'a')),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Crc32, EqualsItsCheckValueWhateverTheLength) {
  EXPECT_EQ(crc32_of(""), 0u);
  EXPECT_EQ(crc32_of("123456789"), 0xcbf43926u);
  EXPECT_EQ(
      crc32_of("The quick brown fox jumps over the lazy dog"), 0x414fa339u);
}

TEST(HubHash, IsBehindTheLastDashOfTheName) {
  EXPECT_EQ(hub_hash_of_name("a/resnet18-f37072fd.pth"), "f37072fd");
  EXPECT_EQ(hub_hash_of_name("b0_ra-3dd342df.pth.tar"), "3dd342df");
  EXPECT_EQ(hub_hash_of_name("x-12345678-0123456789ab.pt"), "0123456789ab");
  EXPECT_EQ(hub_hash_of_name("vgg13-19584684.pth"), "19584684");
  for (const char* const none :
       {"resnet18.pth",
        "resnet-18.pth",
        "a-1234567.pth",
        "a-1234567g.pth",
        "a-F37072FD.pth",
        "best-20260101.pth",
        "run-12345678.pth",
        "vgg19-19584684.pth",
        "dir-f37072fd/x.pth",
        ""}) {
    EXPECT_FALSE(hub_hash_of_name(none)) << none;
  }
}

TEST(HubHash, IsComparedWithTheFile) {
  const testing::TempDir folder;
  for (const char* const good :
       {"a-ba7816bf.pth",
        "a-ba7816bf8f01cfea.pth",
        "a-20260101.pth",
        "a.pth"}) {
    testing::write_text(folder / good, "abc");
    EXPECT_NO_THROW(check_hub_hash(folder / good));
  }
  testing::write_text(folder / "a-ba7816be.pth", "abc");
  EXPECT_THAT(
      [&] { check_hub_hash(folder / "a-ba7816be.pth"); },
      ThrowsMessage<WeightError>(AllOf(
          HasSubstr("a-ba7816be.pth begins with ba7816bf; want ba7816be"),
          HasSubstr("Download it again"))));
  EXPECT_THROW(check_hub_hash(folder / "none-ba7816bf.pth"), WeightFileMissing);
}

}  // namespace
}  // namespace convoy
