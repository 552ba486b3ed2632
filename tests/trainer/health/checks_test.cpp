// What doctor says of machines that are not this one.

#include "trainer/health/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Level = Finding::Level;

TEST(Checks, AProcessorWithoutAvx2IsSlowAndThereIsARemedy) {
  const Finding old = examine_vector_units({.avx2 = false, .avx512 = false});
  EXPECT_EQ(old.level, Level::note);
  EXPECT_EQ(old.seen, "AVX2 no, AVX-512 no");
  EXPECT_THAT(old.remedy, HasSubstr("slower portable code is used; "));
}

TEST(Checks, AvxTwoIsEnough) {
  const Finding sound = examine_vector_units({.avx2 = true, .avx512 = false});
  EXPECT_EQ(sound.level, Level::good);
  EXPECT_EQ(sound.seen, "AVX2 yes, AVX-512 no");
  EXPECT_THAT(sound.remedy, IsEmpty());
}

TEST(Checks, EmulatedBf16IsToldApartFromVectorUnits) {
  EXPECT_EQ(examine_bf16(true).level, Level::good);
  EXPECT_EQ(examine_bf16(false).level, Level::note);
  EXPECT_THAT(examine_bf16(false).remedy, HasSubstr("fp32"));
}

TEST(Checks, AnMpiThatTheScriptsDoNotKnowIsNoted) {
  EXPECT_EQ(examine_mpi("Open MPI v4.1.4").level, Level::good);
  const Finding other = examine_mpi("MPICH Version: 4.0.2");
  EXPECT_EQ(other.level, Level::note);
  EXPECT_THAT(other.remedy, HasSubstr("Open MPI"));
}

TEST(Checks, WhateverIsWrongHereHasARemedy) {
  for (const Finding& f : examine_machine("/nowhere/yet")) {
    EXPECT_THAT(f.subject, Not(IsEmpty()));
    EXPECT_EQ(f.level == Level::good, f.remedy.empty()) << f.subject;
  }
}

}  // namespace
}  // namespace convoy
