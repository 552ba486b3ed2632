#include "trainer/errors.h"

#include <c10/util/Exception.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "distributed/errors.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

template <class E>
int code_of(const E& error) {
  const Failure failure = describe(std::make_exception_ptr(error));
  EXPECT_THAT(failure.message, HasSubstr("text"));
  return static_cast<int>(failure.code);
}

TEST(Describe, GivesEveryKindOfFailureItsDocumentedCode) {
  EXPECT_EQ(code_of(UsageError("text")), 64);
  EXPECT_EQ(code_of(BadData("text")), 65);
  EXPECT_EQ(code_of(MissingInput("text")), 66);
  EXPECT_EQ(code_of(OutOfMemory("text")), 70);
  EXPECT_EQ(code_of(Drift("text")), 70);
  EXPECT_EQ(code_of(PeerLost("text")), 71);
  EXPECT_EQ(code_of(RunDirBusy("text")), 73);
  EXPECT_EQ(code_of(WriteFailure("text")), 74);
  EXPECT_EQ(code_of(Diverged("text")), 76);
  EXPECT_EQ(code_of(ConfigError("text")), 78);
  EXPECT_EQ(code_of(Disagreement("text")), 78);
  EXPECT_EQ(code_of(std::logic_error("text")), 70);
}

TEST(Describe, KeepsLibTorchsSentenceWithoutItsStack) {
  try {
    TORCH_CHECK(false, "shapes differ\nsecond line");
  } catch (...) {
    const Failure failure = describe(std::current_exception());
    EXPECT_THAT(failure.message, StartsWith("LibTorch: shapes differ"));
    EXPECT_THAT(failure.message, Not(HasSubstr("\n")));
  }
}

}  // namespace
}  // namespace convoy
