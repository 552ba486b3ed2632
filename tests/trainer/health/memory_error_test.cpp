#include "trainer/health/memory_error.h"

#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>

#include "trainer/errors.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

template <class Throw>
std::exception_ptr caught(Throw&& work) {
  try {
    work();
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

std::exception_ptr host_refusal() {
  return caught([] { at::empty({std::int64_t{1} << 55}, at::kByte); });
}

std::exception_ptr device_refusal() {
  return caught([] {
    throw c10::OutOfMemoryError(
        {"f", "file", 1},
        "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total "
        "capacity of 79.10 GiB of which 1.20 GiB is free. Process 7 has 9 GiB "
        "in use.");
  });
}

std::exception_ptr nested_refusal() {
  return caught([] {
    try {
      throw std::bad_alloc();
    } catch (...) {
      std::throw_with_nested(std::runtime_error("record 5"));
    }
  });
}

std::exception_ptr onednn_refusal() {
  return caught(
      [] { throw std::runtime_error("could not create a primitive"); });
}

TEST(MemoryError, IsRecognisedWhoeverThrewIt) {
  EXPECT_TRUE(is_out_of_memory(host_refusal()));
  EXPECT_TRUE(is_out_of_memory(device_refusal()));
  EXPECT_TRUE(is_out_of_memory(nested_refusal()));
  EXPECT_TRUE(is_out_of_memory(caught([] { throw std::bad_alloc(); })));
  EXPECT_TRUE(is_out_of_memory(onednn_refusal()));
  EXPECT_FALSE(is_out_of_memory(caught([] { at::empty({-1}); })));
  EXPECT_FALSE(
      is_out_of_memory(caught([] { throw std::runtime_error("no"); })));
  EXPECT_FALSE(is_out_of_memory(caught([] { throw 5; })));
}

TEST(MemoryError, SaysWhatWasAskedForAndWhatIsFree) {
  EXPECT_EQ(
      refused_allocation(host_refusal()),
      "tried to allocate 36028797018963968 bytes");
  EXPECT_EQ(
      refused_allocation(device_refusal()),
      "Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 79.10 GiB of "
      "which 1.20 GiB is free");
  EXPECT_EQ(
      refused_allocation(onednn_refusal()),
      "oneDNN could not create a primitive");
  EXPECT_EQ(refused_allocation(nested_refusal()), "the system refused more");
}

TEST(MemoryError, IsOneSentenceWithSizesAndRemedyWhereverItHappens) {
  for (const auto& error :
       {host_refusal(), device_refusal(), nested_refusal(), onednn_refusal()}) {
    const Failure failure = describe(error);
    EXPECT_EQ(failure.code, ExitCode::internal);
    EXPECT_THAT(
        failure.message,
        AllOf(
            HasSubstr("out of memory: "),
            HasSubstr("this process holds"),
            HasSubstr("Use a smaller batch"),
            Not(HasSubstr("this is a bug")),
            Not(HasSubstr("\n"))));
  }
}

}  // namespace
}  // namespace convoy
