#pragma once
// Waiting for other ranks under a deadline.

#include <chrono>
#include <string>

namespace convoy {

/// How to wait: for what comes soon and is needed at once, the same where ranks
/// outnumber processors, or for what comes some time and matters to nobody
/// meanwhile.
enum class Pace { quick, crowded, asleep };

/// One wait, from its construction on.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Patience(
      std::chrono::duration<double> timeout, Pace pace = Pace::quick)
      : timeout_(timeout), pace_(pace) {}

  /// Between two looks; false once the deadline has passed. Quick: at first
  /// without pause, then yielding the core, then sleeping, so that ranks which
  /// share a core let each other work. Crowded: yields from the first on.
  /// Asleep: 5 ms.
  bool pause();

  /// Throws PeerLost: it was `what` that was waited for.
  [[noreturn]] void give_up(const std::string& what) const;

 private:
  std::chrono::duration<double> timeout_;
  Pace pace_;
  Clock::time_point start_ = Clock::now();
};

}  // namespace convoy
