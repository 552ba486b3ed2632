#include "trainer/loop/scaling_team.h"

#include "distributed/heartbeat.h"

namespace convoy {
namespace {

/// A split has no deadline: a rank that hangs is found before it.
World& found_alive(World& world) {
  world.control().barrier();
  return world;
}

}  // namespace

Team::Team(const ScalingSubject& subject, int ranks)
    : world_(subject.session, found_alive(subject.world), ranks) {
  found_alive(subject.world);
  const bool waits = subject.world.rank() == 0 || !world_.contains();
  audience_ = subject.world.control().split(waits ? 1 : 0);
}

void Team::take_turn(const Work& work) {
  if (!world_.contains()) {
    await_heartbeat_end(*audience_);
  } else if (world_.rank() != 0) {
    work([] {});
  } else {
    Heartbeat heartbeat(*audience_);
    work([&] { heartbeat.alive(); });
    heartbeat.end();
  }
}

}  // namespace convoy
