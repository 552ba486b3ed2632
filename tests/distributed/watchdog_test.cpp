#include "distributed/watchdog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <stdexcept>

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// A watchdog that looks often, and the sentence that it says.
struct Kennel {
  explicit Kennel(double timeout_s, std::function<std::string()> complaint = {})
      : dog(
            {.timeout_s = timeout_s,
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
    Watchdog dog({.timeout_s = kLong, .lost = [&](const std::string&) {
                    spoke = true;
                  }});
    dog.watch("all-reduce", [] { return false; });
  }
  EXPECT_FALSE(spoke);
}

}  // namespace
}  // namespace convoy
