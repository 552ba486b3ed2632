#include "distributed/watchdog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>

#include "distributed/errors.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::shared_ptr<Waiting> waiting(double timeout_s) {
  auto result = std::make_shared<Waiting>();
  result->timeout_s = timeout_s;
  return result;
}

/// A watchdog that looks often, and the sentence that it says.
struct Kennel {
  explicit Kennel(double timeout_s, std::function<std::string()> complaint = {})
      : Kennel(waiting(timeout_s), std::move(complaint)) {}
  explicit Kennel(
      std::shared_ptr<const Waiting> how,
      std::function<std::string()> complaint = {})
      : dog(
            {.waiting = std::move(how),
             .poll_s = 0.001,
             .lost = [this](const std::string& s) { sentence.set_value(s); },
             .complaint = std::move(complaint)}) {}

  std::promise<std::string> sentence;
  Watchdog dog;
};

constexpr double kLong = 1e6;

TEST(Watchdog, NamesTheOldestCollectiveThatDoesNotComplete) {
  Kennel kennel(0.01);
  kennel.dog.watch("all-reduce of 1 bytes", [] { return true; });
  kennel.dog.watch("all-reduce of 8 bytes", [] { return false; });
  kennel.dog.watch("broadcast of 9 bytes", [] { return false; });
  EXPECT_THAT(
      kennel.sentence.get_future().get(),
      AllOf(HasSubstr("all-reduce of 8 bytes"), HasSubstr("timeout_s")));
}

TEST(Watchdog, NamesTheRanksThatDoNotAnswer) {
  const auto how = waiting(0.01);
  how->who_is_late = [] {
    return "rank 1 on h1 (last seen in data of step 7)";
  };
  Kennel kennel(how);
  kennel.dog.watch("an all-reduce of 8 bytes", [] { return false; });
  EXPECT_THAT(
      kennel.sentence.get_future().get(),
      HasSubstr("s for rank 1 on h1 (last seen in data of step 7) in an "
                "all-reduce of 8 bytes (limit: distributed.timeout_s"));
}

TEST(Watchdog, AnswersRollCallsOnlyWhileSomethingIsNotComplete) {
  const auto how = waiting(kLong);
  std::atomic<int> answers = 0;
  how->meanwhile = [&] { ++answers; };
  Kennel kennel(how);
  const auto looks = [&kennel](int times, bool last) {
    auto seen = std::make_shared<std::promise<void>>();
    kennel.dog.watch("all-reduce", [seen, times, last, n = 0]() mutable {
      if (++n == times) {
        seen->set_value();
      }
      return n >= times && last;
    });
    seen->get_future().wait();
  };
  looks(1, true);
  EXPECT_EQ(answers, 0) << "complete at the first look";
  looks(5, false);
  EXPECT_GE(answers, 4) << "once with each look in vain";
}

TEST(Watchdog, SpeaksThoughTheRollCallFails) {
  const auto how = waiting(0.01);
  how->who_is_late = []() -> std::string { throw PeerLost("MPI_Isend"); };
  Kennel kennel(how);
  kennel.dog.watch("an all-reduce of 8 bytes", [] { return false; });
  EXPECT_THAT(
      kennel.sentence.get_future().get(),
      HasSubstr("for the other ranks in an all-reduce of 8 bytes"));
}

TEST(Watchdog, LetsGoOfWhatIsComplete) {
  Kennel kennel(kLong);
  std::promise<void> gone;
  {
    const std::shared_ptr<void> held(nullptr, [&](void*) { gone.set_value(); });
    kennel.dog.watch("all-reduce", [held] { return true; });
  }
  gone.get_future().wait();
}

TEST(Watchdog, PassesTheLibrarysComplaintOn) {
  Kennel kennel(kLong, [] { return std::string("remote process exited"); });
  EXPECT_EQ(kennel.sentence.get_future().get(), "remote process exited");
}

TEST(Watchdog, AddsWhoIsSilentToTheLibrarysComplaint) {
  const auto how = waiting(kLong);
  how->who_is_late = [] { return "rank 2 on h1"; };
  Kennel kennel(how, [] { return std::string("remote process exited"); });
  EXPECT_EQ(
      kennel.sentence.get_future().get(),
      "remote process exited; no answer from rank 2 on h1");
}

TEST(Watchdog, SpeaksWhenLookingFails) {
  Kennel kennel(kLong);
  kennel.dog.watch("all-reduce", []() -> bool {
    throw std::runtime_error("illegal address\nwith a stack");
  });
  EXPECT_EQ(
      kennel.sentence.get_future().get(),
      "a collective failed on the GPU: illegal address");
}

TEST(Watchdog, IsSilentWhenItEndsWithWorkUnderWay) {
  bool spoke = false;
  {
    Watchdog dog({.waiting = waiting(kLong), .lost = [&](const std::string&) {
                    spoke = true;
                  }});
    dog.watch("all-reduce", [] { return false; });
  }
  EXPECT_FALSE(spoke);
}

}  // namespace
}  // namespace convoy
