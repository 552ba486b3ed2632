#pragma once
// Where a rank is and what it computes with: the only place that maps rank to
// local rank, device and CPUs.

#include <c10/core/Device.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "distributed/board.h"
#include "distributed/communicator.h"
#include "distributed/control.h"
#include "distributed/device.h"
#include "distributed/mpi/session.h"

namespace convoy {

/// What carries the gradients. `automatic`: NCCL between GPUs; between CPUs
/// shared memory inside a host and MPI between hosts, where there is shared
/// memory, or else MPI alone. `mpi` and `shm` between GPUs go through host
/// memory: slow, but ranks may share a GPU.
enum class Backend { automatic, mpi, nccl, shm };
constexpr std::array<std::string_view, 4> names(Backend) {
  return {"auto", "mpi", "nccl", "shm"};
}

/// `share`: each rank gets its share of the host's CPUs. `keep`: what the
/// launcher bound it to stays.
enum class Affinity { share, keep };
constexpr std::array<std::string_view, 2> names(Affinity) {
  return {"share", "keep"};
}

struct WorldOptions {
  Backend backend = Backend::automatic;
  DeviceChoice device = DeviceChoice::automatic;
  Affinity affinity = Affinity::share;
  double timeout_s = 300;
  /// Gradients are added in the order of the ranks, one after the other,
  /// wherever the ranks are: never by NCCL.
  bool in_order = false;
  /// Told, on every rank, where gradients go a slower way than they might.
  std::function<void(const std::string&)> warn = [](const std::string&) {};
};

class World {
 public:
  /// Collective over the session's ranks. Binds the calling thread to the
  /// rank's CPUs and makes its device current. Throws Disagreement (the same on
  /// every rank).
  World(MpiSession& session, const WorldOptions& options);

  /// The first `size` ranks of `parent` as a world of their own; to be called
  /// by every rank of `parent`, useful on those only (`contains()` false
  /// elsewhere).
  World(MpiSession& session, World& parent, int size);

  /// Ranks on one host that compute on its CPUs and exchange what `control` and
  /// `gradients` carry: for ranks that are threads of one process. Both must
  /// outlive the world.
  World(Control& control, std::shared_ptr<Communicator> gradients);

  int rank() const { return control_->rank(); }
  int size() const { return control_->size(); }
  int local_rank() const { return local_rank_; }
  int local_size() const { return local_size_; }
  const std::string& host() const { return hosts_[rank()]; }
  /// Host of every rank.
  const std::vector<std::string>& hosts() const { return hosts_; }
  c10::Device device() const { return device_; }
  const std::vector<int>& cpus() const { return cpus_; }
  /// Whether this rank is part of the world.
  bool contains() const { return member_; }

  /// This rank has come to `phase`, up to 16 letters, of `step`: told by the
  /// others should they wait for it in vain.
  void note(std::int64_t step, std::string_view phase);

  /// All ranks, host memory, small messages.
  Control& control() { return *control_; }
  /// All ranks, memory of device().
  Communicator& gradients() { return *gradients_; }
  /// This rank and its neighbours, `ranks` in all, which divides size(): for
  /// exchanges beside those of gradients(). Collective. On threads: all ranks.
  std::shared_ptr<Communicator> group(int ranks);

  /// "mpi", "nccl" or "shm".
  std::string_view backend_name() const {
    return names(backend_)[static_cast<std::size_t>(backend_)];
  }

 private:
  void locate();
  void find_host_mates();
  void open_board(MpiSession& session);
  c10::Device agree_on_devices(DeviceChoice choice, const GpuReport& report);
  void take_cpus(Affinity affinity);
  void refuse_unequal_devices(const GpuReport& report, Backend backend);
  void connect(MpiSession& session);
  bool mixes_hosts() const;
  std::unique_ptr<Communicator> connect_host(MpiSession& session);
  std::unique_ptr<Communicator> connect_shm(
      MpiSession& session, std::string& problem);
  std::unique_ptr<Communicator> connect_peers(MpiSession& session, int places);

  MpiSession* session_ = nullptr;  ///< null on threads
  Control* control_ = nullptr;
  std::unique_ptr<Control> own_control_;
  std::unique_ptr<Control> host_control_;  ///< the ranks of this host
  std::vector<std::unique_ptr<Control>> groups_;
  std::shared_ptr<Board> board_;
  std::shared_ptr<Communicator> gradients_;
  std::vector<std::string> hosts_;
  std::vector<int> cpus_;
  c10::Device device_{c10::kCPU};
  Backend backend_ = Backend::automatic;
  bool in_order_ = false;
  std::function<void(const std::string&)> warn_;
  int local_rank_ = 0;
  int local_size_ = 1;
  bool member_ = true;
};

/// Ranks of which some have a GPU and some have none: throws Disagreement
/// naming one of each. `uuids` and `hosts` are by rank; a CPU rank's uuid is
/// empty.
void refuse_mixed_devices(
    const std::vector<std::string>& hosts,
    const std::vector<std::string>& uuids);

/// Ranks on one host that would share a GPU: throws Disagreement naming them.
/// `uuids` and `hosts` are by rank; an empty uuid is a CPU rank.
void refuse_shared_gpus(
    const std::vector<std::string>& hosts,
    const std::vector<std::string>& uuids);

}  // namespace convoy
