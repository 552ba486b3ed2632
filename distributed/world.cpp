#include "distributed/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "distributed/affinity.h"
#include "distributed/errors.h"
#include "distributed/mpi/direct_exchange.h"
#include "distributed/nccl/communicator.h"
#include "distributed/shm/communicator.h"
#include "distributed/staged_communicator.h"

namespace convoy {

World::World(MpiSession& session, const WorldOptions& options)
    : session_(&session),
      control_(&session.control()),
      in_order_(options.in_order),
      warn_(options.warn) {
  session.set_timeout(options.timeout_s);
  locate();
  find_host_mates();
  open_board(session);
  take_cpus(options.affinity);
  const GpuReport report = find_gpus();
  device_ = agree_on_devices(options.device, report);
  refuse_unequal_devices(report, options.backend);
  set_device(device_);
  backend_ = options.backend;
  connect(session);
}

World::World(MpiSession& session, World& parent, int size)
    : session_(&session),
      device_(parent.device_),
      backend_(parent.backend_),
      in_order_(parent.in_order_),
      warn_(parent.warn_) {
  member_ = parent.rank() < size;
  own_control_ = parent.control().split(member_ ? 0 : 1);
  control_ = own_control_.get();
  cpus_ = parent.cpus_;
  locate();
  find_host_mates();
  board_ = parent.board_;
  if (member_) {
    connect(session);
  }
}

World::World(Control& control, std::shared_ptr<Communicator> gradients)
    : control_(&control),
      gradients_(std::move(gradients)),
      cpus_(bound_cpus()) {
  locate();
}

void World::locate() {
  hosts_ = control_->all_gather(host_name());
  local_rank_ = 0;
  local_size_ = 0;
  for (int r = 0; r < size(); ++r) {
    if (hosts_[r] == host()) {
      local_rank_ += r < rank() ? 1 : 0;
      ++local_size_;
    }
  }
}

void World::find_host_mates() {
  const auto first = std::find(hosts_.begin(), hosts_.end(), host());
  host_control_ = control_->split(static_cast<int>(first - hosts_.begin()));
}

/// Without shared memory each rank sees itself alone.
void World::open_board(MpiSession& session) {
  board_ = std::make_shared<Board>(
      allot_segments(*control_, *host_control_, Board::kBytes).segments,
      local_rank_);
  std::vector<std::size_t> mates;
  for (std::size_t r = 0; r < hosts_.size(); ++r) {
    if (hosts_[r] == host()) {
      mates.push_back(r);
    }
  }
  session.set_witness(
      [board = board_, mates] {
        std::string lines;
        for (std::size_t local = 0; local < mates.size(); ++local) {
          const std::string seen = board->read(static_cast<int>(local));
          if (!seen.empty()) {
            lines += fmt::format("{} {}\n", mates[local], seen);
          }
        }
        return lines;
      },
      hosts_);
}

void World::note(std::int64_t step, std::string_view phase) {
  if (board_ != nullptr) {
    board_->note(step, phase);
  }
}

c10::Device World::agree_on_devices(
    DeviceChoice choice, const GpuReport& report) {
  c10::Device device(c10::kCPU);
  std::string problem;
  try {
    device = choose_device(choice, report, local_rank_);
  } catch (const Disagreement& e) {
    problem = e.what();
  }
  // Every rank learns of it, so that it is told once and nobody waits.
  const auto problems = control_->all_gather(problem);
  for (int r = 0; r < size(); ++r) {
    if (!problems[r].empty()) {
      throw Disagreement(
          fmt::format("rank {} on {}: {}", r, hosts_[r], problems[r]));
    }
  }
  return device;
}

void World::take_cpus(Affinity affinity) {
  cpus_ = affinity == Affinity::keep
              ? bound_cpus()
              : cpu_share(available_cpus(), local_rank_, local_size_);
  if (affinity == Affinity::share) {
    bind_to(cpus_);
  }
}

void World::refuse_unequal_devices(const GpuReport& report, Backend backend) {
  // Every rank takes part, whatever its device: it is not known yet to be
  // equal.
  const auto uuids = control_->all_gather(
      device_.is_cuda()
          ? report.gpus[static_cast<std::size_t>(device_.index())].uuid
          : "");
  refuse_mixed_devices(hosts_, uuids);
  if (backend == Backend::nccl ||
      (backend == Backend::automatic && !in_order_)) {
    refuse_shared_gpus(control_->all_gather(nccl_host(host())), uuids);
  }
}

void World::connect(MpiSession& session) {
  const bool cuda = device_.is_cuda();
  if (!cuda && backend_ == Backend::nccl) {
    throw Disagreement(
        "distributed.backend is nccl, but the ranks have no GPU: use shm, mpi "
        "or auto");
  }
  if (backend_ == Backend::nccl ||
      (backend_ == Backend::automatic && cuda && !in_order_)) {
    backend_ = Backend::nccl;
    gradients_ = make_nccl_communicator(
        *control_, device_, {session.waiting(), session.lost_handler()});
    return;
  }
  std::unique_ptr<Communicator> host = connect_host(session);
  gradients_ =
      cuda ? make_staged_communicator(std::move(host)) : std::move(host);
}

/// Whether there are several hosts, and several ranks on one: shared memory
/// then adds up by host before it does over hosts.
bool World::mixes_hosts() const {
  const std::set<std::string> names(hosts_.begin(), hosts_.end());
  return names.size() > 1 && names.size() < hosts_.size();
}

std::unique_ptr<Communicator> World::connect_host(MpiSession& session) {
  if (in_order_ && (backend_ == Backend::mpi || mixes_hosts())) {
    backend_ = Backend::mpi;
    return make_direct_exchange(session, *control_);
  }
  if (backend_ != Backend::mpi) {
    std::string problem;
    if (auto shm = connect_shm(session, problem)) {
      backend_ = Backend::shm;
      return shm;
    }
    if (backend_ == Backend::shm) {
      throw Disagreement(fmt::format(
          "distributed.backend is shm, but the ranks of a host can't share "
          "memory ({}): use mpi or auto",
          problem));
    }
    warn_(fmt::format(
        "the ranks of a host can't share memory ({}), so gradients go through "
        "MPI, which is slower",
        problem));
    backend_ = Backend::mpi;
  }
  return in_order_ ? make_direct_exchange(session, *control_)
                   : session.host_communicator(*control_);
}

std::shared_ptr<Communicator> World::group(int ranks) {
  if (session_ == nullptr) {
    return gradients_;
  }
  groups_.push_back(control_->split(rank() / ranks));
  Control& members = *groups_.back();
  if (backend_ == Backend::nccl) {
    return make_nccl_communicator(
        members, device_, {session_->waiting(), session_->lost_handler()});
  }
  std::unique_ptr<Communicator> host = session_->host_communicator(members);
  return device_.is_cuda() ? make_staged_communicator(std::move(host))
                           : std::move(host);
}

std::unique_ptr<Communicator> World::connect_shm(
    MpiSession& session, std::string& problem) {
  std::map<std::string, int> ranks_on;
  for (const std::string& name : hosts_) {
    ++ranks_on[name];
  }
  int places = size();
  for (const auto& [name, ranks] : ranks_on) {
    places = std::min(places, ranks);
  }
  return make_shm_communicator(
      {.world = *control_,
       .host = *host_control_,
       .plain = session.host_communicator(*control_),
       .peers = ranks_on.size() > 1 ? connect_peers(session, places) : nullptr,
       .places = places},
      {.waiting = session.waiting(),
       .crowded = local_size_ > static_cast<int>(available_cpus().size()),
       .warn = warn_},
      problem);
}

/// Of each host the rank with this one's place there; null where some host has
/// no such place.
std::unique_ptr<Communicator> World::connect_peers(
    MpiSession& session, int places) {
  const auto group = control_->split(std::min(local_rank_, places));
  return local_rank_ < places ? make_direct_exchange(session, *group) : nullptr;
}

void refuse_mixed_devices(
    const std::vector<std::string>& hosts,
    const std::vector<std::string>& uuids) {
  const auto without = std::find(uuids.begin(), uuids.end(), "");
  const auto with = std::find_if(
      uuids.begin(), uuids.end(), [](const auto& u) { return !u.empty(); });
  if (without == uuids.end() || with == uuids.end()) {
    return;
  }
  const auto gpu_rank = with - uuids.begin();
  const auto cpu_rank = without - uuids.begin();
  throw Disagreement(fmt::format(
      "rank {} on {} has a GPU and rank {} on {} has none: all ranks compute "
      "on the same kind of device. Leave out the hosts without, or use "
      "run.device=cpu",
      gpu_rank,
      hosts[static_cast<std::size_t>(gpu_rank)],
      cpu_rank,
      hosts[static_cast<std::size_t>(cpu_rank)]));
}

void refuse_shared_gpus(
    const std::vector<std::string>& hosts,
    const std::vector<std::string>& uuids) {
  for (std::size_t a = 0; a < uuids.size(); ++a) {
    for (std::size_t b = a + 1; b < uuids.size(); ++b) {
      if (!uuids[a].empty() && uuids[a] == uuids[b] && hosts[a] == hosts[b]) {
        throw Disagreement(fmt::format(
            "ranks {} and {} on {} would share {}, which NCCL refuses: start "
            "as "
            "many ranks on a host as it has GPUs (mpirun -np, or slots= in the "
            "hostfile), or set distributed.backend=mpi, which carries "
            "gradients "
            "through host memory, slowly",
            a,
            b,
            hosts[a],
            uuids[a]));
      }
    }
  }
}

}  // namespace convoy
