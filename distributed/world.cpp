#include "distributed/world.h"

#include <fmt/format.h>

#include "distributed/affinity.h"
#include "distributed/errors.h"
#include "distributed/nccl/communicator.h"

namespace convoy {

World::World(MpiSession& session, const WorldOptions& options)
    : control_(&session.control()), timeout_s_(options.timeout_s) {
  session.set_timeout(options.timeout_s);
  locate();
  take_cpus(options.affinity);
  const GpuReport report = find_gpus();
  device_ = choose_device(options.device, report, local_rank_);
  if (device_.is_cuda() && !options.share_gpu) {
    refuse_shared_gpus(
        hosts_, control_->all_gather(report.gpus[device_.index()].uuid));
  }
  set_device(device_);
  connect(session, options.backend);
}

World::World(MpiSession& session, World& parent, int size)
    : device_(parent.device_), timeout_s_(parent.timeout_s_) {
  member_ = parent.rank() < size;
  own_control_ = parent.control().split(member_ ? 0 : 1);
  control_ = own_control_.get();
  cpus_ = parent.cpus_;
  locate();
  if (member_) {
    connect(session, device_.is_cuda() ? Backend::nccl : Backend::mpi);
  }
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

void World::take_cpus(Affinity affinity) {
  cpus_ = affinity == Affinity::keep
              ? bound_cpus()
              : cpu_share(available_cpus(), local_rank_, local_size_);
  if (affinity == Affinity::share) {
    bind_to(cpus_);
  }
}

void World::connect(MpiSession& session, Backend backend) {
  const bool cuda = device_.is_cuda();
  if (cuda && backend == Backend::mpi) {
    throw Disagreement(
        "distributed.backend is mpi, but the gradients are on a GPU: use "
        "nccl or auto, or run.device=cpu");
  }
  if (!cuda && backend == Backend::nccl) {
    throw Disagreement(
        "distributed.backend is nccl, but this rank has no GPU: use mpi or "
        "auto");
  }
  backend_name_ = cuda ? "nccl" : "mpi";
  gradients_ = cuda ? make_nccl_communicator(*control_, device_, timeout_s_)
                    : session.host_communicator(*control_);
}

void refuse_shared_gpus(
    const std::vector<std::string>& hosts,
    const std::vector<std::string>& uuids) {
  for (std::size_t a = 0; a < uuids.size(); ++a) {
    for (std::size_t b = a + 1; b < uuids.size(); ++b) {
      if (!uuids[a].empty() && uuids[a] == uuids[b] && hosts[a] == hosts[b]) {
        throw Disagreement(fmt::format(
            "ranks {} and {} on {} would share {}: start as many ranks on a "
            "host as it has GPUs (mpirun -np, or slots= in the hostfile)",
            a,
            b,
            hosts[a],
            uuids[a]));
      }
    }
  }
}

}  // namespace convoy
