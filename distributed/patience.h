#pragma once
// Waiting for other ranks under a deadline.

#include <chrono>
#include <functional>
#include <string>

namespace convoy {

/// How to wait: for what comes soon and is needed at once, the same where ranks
/// outnumber processors, or for what comes some time and matters to nobody
/// meanwhile.
enum class Pace { quick, crowded, asleep };

/// How the ranks of a job wait for each other.
struct Waiting {
  double timeout_s = 300;
  /// Called now and then by a rank that has waited for a while. Any thread.
  std::function<void()> meanwhile = [] {};
  /// Called when the deadline has passed, takes a second or two: which ranks it
  /// is that do not come, in words; empty where that can't be told. Any thread.
  std::function<std::string()> who_is_late = [] { return std::string(); };
};

/// "waited 5 s for rank 1 on HOST (...) in WHAT (limit: ...)": for whom, as far
/// as that can be told. Takes a second or two; any thread.
std::string tell_lateness(
    const Waiting& waiting, double waited_s, const std::string& what);

/// "; no answer from rank 1 on HOST (...)", to stand behind a library's own
/// complaint; empty where it can't be told. Takes a second or two; any thread.
std::string tell_silence(const Waiting& waiting);

/// One wait, from its construction on.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;

  /// `waiting` outlives it.
  explicit Patience(const Waiting& waiting, Pace pace = Pace::quick)
      : waiting_(waiting), timeout_(waiting.timeout_s), pace_(pace) {}

  /// Between two looks; false once the deadline has passed. Quick: at first
  /// without pause, then yielding the core, then sleeping, so that ranks which
  /// share a core let each other work. Crowded: yields from the first on.
  /// Asleep: 5 ms.
  bool pause();

  /// Throws PeerLost: `what` was what it waited in, and for whom, as far as
  /// that can be told.
  [[noreturn]] void give_up(const std::string& what) const;

 private:
  const Waiting& waiting_;
  std::chrono::duration<double> timeout_;
  Pace pace_;
  Clock::time_point start_ = Clock::now();
};

}  // namespace convoy
