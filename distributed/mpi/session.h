#pragma once
// MPI's life in the program: started once by main, ended once.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "distributed/control.h"
#include "distributed/patience.h"
#include "distributed/watchdog.h"

namespace convoy {

class Communicator;
namespace mpi {
class RollCall;
}

/// MPI from start to end. Owned by main; one a process.
///
/// A clean end is agreed by all ranks: finish(), then the destructor. A rank
/// that ends because of a fault never finalises (its peers may sit in a
/// collective that it will never join): it leaves through fault_exit(), and
/// mpirun ends the others.
class MpiSession {
 public:
  /// Starts MPI with MPI_THREAD_MULTIPLE. A program started without mpirun is a
  /// group of one. Throws Disagreement when the MPI library offers no thread
  /// support.
  explicit MpiSession(double timeout_s);
  ~MpiSession();
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;

  /// All ranks, for control messages. Owned by the session.
  Control& control() { return *control_; }

  /// Replaces the deadline of every later exchange.
  void set_timeout(double timeout_s);

  /// All ranks of `group` (a control group made here) for tensors in host
  /// memory.
  std::unique_ptr<Communicator> host_communicator(Control& group);

  /// What is done when a watchdog finds that another rank is gone: says so and
  /// ends the process, with fault_exit(). Without one the process ends with
  /// code 1.
  void set_lost_handler(LostHandler handler) { lost_ = std::move(handler); }
  const LostHandler& lost_handler() const { return lost_; }

  /// What this rank can tell of itself and others when one is waited for in
  /// vain: lines of a rank and what it does, as "3 data of step 12". And
  /// the hosts of all ranks.
  void set_witness(
      std::function<std::string()> witness, std::vector<std::string> hosts);

  /// How its ranks wait for each other.
  std::shared_ptr<const Waiting> waiting() const { return waiting_; }

  /// After a deadline has passed here: it has on a lower rank too, which will
  /// say the same.
  bool lower_rank_speaks() const { return lower_rank_speaks_; }

  /// Declares that every rank is about to end: the destructor may finalise.
  void finish() { finished_ = true; }

  /// Ends this process at once with `code`, running no destructor.
  [[noreturn]] static void fault_exit(int code);

 private:
  std::string who_is_late();

  std::shared_ptr<Waiting> waiting_;
  std::unique_ptr<mpi::RollCall> roll_call_;
  std::function<std::string()> witness_ = [] { return std::string(); };
  std::vector<std::string> hosts_;
  std::unique_ptr<Control> control_;
  LostHandler lost_ = [](const std::string&) { fault_exit(1); };
  std::atomic<bool> lower_rank_speaks_ = false;
  bool finished_ = false;
};

/// The MPI library's own name and version, in one line.
std::string mpi_version();

/// Host name as the machine gives it.
std::string host_name();

}  // namespace convoy
