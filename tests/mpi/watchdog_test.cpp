// A watchdog's question who is missing, over real ranks.

#include "distributed/watchdog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "tests/mpi/session.h"
#include "tests/support/absence.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::session;

TEST(WatchdogOverMpi, NamesTheRankThatHasNoCollectiveUnderWay) {
  Control& control = session().control();
  const int absent = control.size() - 1;
  if (absent == 0) {
    return;  // nobody to wait for
  }
  const testing::Absence absence;
  // Rank 0 alone asks; the others answer for as long as they wait.
  session().set_timeout(control.rank() == 0 ? 0.5 : 60);
  control.barrier();
  {
    std::promise<std::string> sentence;
    Watchdog dog(
        {.waiting = session().waiting(),
         .lost = [&](const std::string& s) { sentence.set_value(s); }});
    if (control.rank() == absent) {
      absence.last();
    } else {
      dog.watch("an all-reduce of 8 bytes", [] { return false; });
    }
    if (control.rank() == 0) {
      EXPECT_THAT(
          sentence.get_future().get(),
          AllOf(
              HasSubstr("for rank " + std::to_string(absent)),
              HasSubstr("in an all-reduce of 8 bytes"),
              Not(HasSubstr(", rank"))));
      absence.end();
    } else if (control.rank() != absent) {
      absence.last();
    }
    session().set_timeout(60);
  }
  control.barrier();
}

}  // namespace
}  // namespace convoy
