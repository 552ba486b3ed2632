#pragma once
// The first ranks of a job as a world of their own, and the others, who wait.

#include <functional>
#include <memory>

#include "distributed/control.h"
#include "distributed/world.h"
#include "trainer/loop/scaling.h"

namespace convoy {

class Team {
 public:
  /// What the team does; it calls `alive` between its parts.
  using Work = std::function<void(const std::function<void()>& alive)>;

  /// Collective over the subject's world.
  Team(const ScalingSubject& subject, int ranks);

  /// Useful on the team's ranks.
  World& world() { return world_; }

  /// The team does `work`; all other ranks sleep until its rank 0 is through.
  /// Collective over the job. Throws PeerLost on a rank that waits in vain, and
  /// what `work` throws.
  void take_turn(const Work& work);

 private:
  World world_;
  std::unique_ptr<Control> audience_;  ///< rank 0 and those who wait
};

}  // namespace convoy
