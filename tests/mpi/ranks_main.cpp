// GoogleTest under mpirun: every rank runs every test; rank 0 prints, other
// ranks speak only when a check fails; the program fails when any rank does.

#include <gtest/gtest.h>

#include <cstdio>
#include <iostream>

#include "distributed/mpi/session.h"
#include "tests/mpi/session.h"

namespace convoy::testing {
namespace {

MpiSession* the_session = nullptr;

/// Prints failures only, with the rank.
class FailureListener final : public ::testing::EmptyTestEventListener {
 public:
  explicit FailureListener(int rank) : rank_(rank) {}

  void OnTestPartResult(const ::testing::TestPartResult& result) override {
    if (result.failed()) {
      std::fprintf(
          stderr,
          "rank %d: %s:%d: %s\n",
          rank_,
          result.file_name(),
          result.line_number(),
          result.summary());
    }
  }

 private:
  int rank_;
};

}  // namespace

MpiSession& session() {
  return *the_session;
}

}  // namespace convoy::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  convoy::MpiSession session(/*timeout_s=*/60);
  convoy::testing::the_session = &session;
  const int rank = session.control().rank();
  if (rank != 0) {
    auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
    listeners.Append(new convoy::testing::FailureListener(rank));
  }
  std::int64_t failed = RUN_ALL_TESTS();
  session.control().all_reduce(std::span(&failed, 1));
  session.finish();
  return failed == 0 ? 0 : 1;
}
